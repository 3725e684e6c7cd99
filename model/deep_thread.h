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

/// The stack size of threads that parse, print, evaluate or destroy expressions and files. Nesting
/// is bounded, and the deepest needs a quarter of this (docs/decisions/016-stacks-are-known.md has
/// the figures). Sanitizers make frames larger.
#ifdef HAKEM_SANITIZED
inline constexpr std::size_t kDeepStackBytes = std::size_t{128} << 20;
#else
inline constexpr std::size_t kDeepStackBytes = std::size_t{4} << 20;
#endif

/// A thread with a stack of kDeepStackBytes, whatever `ulimit -s` says. The destructor joins it.
class DeepThread {
 public:
  /// Starts the thread. Throws std::system_error when the system cannot create one. An exception of
  /// `work` is kept for Join.
  explicit DeepThread(std::function<void()> work);
  ~DeepThread();

  DeepThread(const DeepThread&) = delete;
  DeepThread& operator=(const DeepThread&) = delete;

  /// Waits for the end of `work` and rethrows its exception. To be called at most once.
  void Join();

 private:
  static void* Main(void* self);

  std::function<void()> work_;
  std::exception_ptr thrown_;
  pthread_t thread_{};
  bool joinable_ = false;
};

/// Runs `work` on a DeepThread, waits for it and rethrows its exception.
void RunDeep(std::function<void()> work);

/// Makes kDeepStackBytes the default stack size of threads that start later. To be called before
/// the first thread starts.
void MakeStacksDeep();

}  // namespace hakem
