#pragma once

#include <pthread.h>

#include <cstddef>
#include <exception>
#include <functional>

namespace hakem {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define HAKEM_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define HAKEM_SANITIZED 1
#endif
#endif

/// The stack of a thread on which expressions and files may be read, printed, evaluated and taken
/// apart: their nesting is bounded, and four times what the deepest needs has room here
/// (docs/decisions/016-stacks-are-known.md has the figures). A sanitizer's frames are larger.
#ifdef HAKEM_SANITIZED
inline constexpr std::size_t kDeepStackBytes = std::size_t{128} << 20;
#else
inline constexpr std::size_t kDeepStackBytes = std::size_t{4} << 20;
#endif

/// A thread with a stack of kDeepStackBytes, whatever `ulimit -s` or a library thinks fit. Joined
/// by the destructor.
class DeepThread {
 public:
  /// Throws std::system_error when the system has no thread to give. What `work` throws ends it
  /// and is kept for Join.
  explicit DeepThread(std::function<void()> work);
  ~DeepThread();

  DeepThread(const DeepThread&) = delete;
  DeepThread& operator=(const DeepThread&) = delete;

  /// Waits for the end of the work and throws what it threw. To be called once.
  void Join();

 private:
  static void* Main(void* self);

  std::function<void()> work_;
  std::exception_ptr thrown_;
  pthread_t thread_{};
  bool joinable_ = false;
};

/// Does the work on a DeepThread, waits for it and throws what it throws.
void RunDeep(std::function<void()> work);

/// Gives every thread that begins later and names no size of its own a deep stack. To be called
/// before the first one begins.
void MakeStacksDeep();

}  // namespace hakem
