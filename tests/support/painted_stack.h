#pragma once

#include <pthread.h>

#include <cstddef>
#include <cstdint>

namespace hakem {

#if defined(__GNUC__)
#define NOT_SANITIZED __attribute__((no_sanitize("address"), no_sanitize("undefined"), noinline))
#endif

/// Measures how much of a deep stack some work touches: fills the stack with a pattern first, and
/// checks afterwards how much of it was overwritten.
class PaintedStack {
 public:
  NOT_SANITIZED PaintedStack() {
    pthread_attr_t attributes;
    pthread_getattr_np(pthread_self(), &attributes);
    void* lowest = nullptr;
    std::size_t size = 0;
    pthread_attr_getstack(&attributes, &lowest, &size);
    pthread_attr_destroy(&attributes);
    lowest_ = static_cast<volatile std::uint64_t*>(lowest);
    auto* top = static_cast<std::byte*>(__builtin_frame_address(0)) - kOwnFrames;
    top -= reinterpret_cast<std::uintptr_t>(top) % sizeof *top_;
    top_ = reinterpret_cast<volatile std::uint64_t*>(top);
    for (volatile std::uint64_t* word = lowest_; word < top_; ++word) {
      *word = kPaint;
    }
  }

  NOT_SANITIZED std::size_t UsedBytes() const {
    volatile std::uint64_t* word = lowest_;
    while (word < top_ && *word == kPaint) {
      ++word;
    }
    return static_cast<std::size_t>(top_ - word) * sizeof *word + kOwnFrames;
  }

 private:
  static constexpr std::uint64_t kPaint = 0x5ad0ac0de5ad0ac0;
  static constexpr std::size_t kOwnFrames = 4096;  ///< Stack of this class' own functions.

  volatile std::uint64_t* lowest_;
  volatile std::uint64_t* top_;
};

}  // namespace hakem
