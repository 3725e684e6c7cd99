#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>

// clang checks these (preset tidy); g++ ignores them.
#if defined(__clang__)
#define HAKEM_THREAD_ATTRIBUTE(x) __attribute__((x))
#else
#define HAKEM_THREAD_ATTRIBUTE(x)
#endif

#define GUARDED_BY(x) HAKEM_THREAD_ATTRIBUTE(guarded_by(x))
#define REQUIRES(...) HAKEM_THREAD_ATTRIBUTE(requires_capability(__VA_ARGS__))
#define EXCLUDES(...) HAKEM_THREAD_ATTRIBUTE(locks_excluded(__VA_ARGS__))

namespace hakem {

/// A std::mutex whose use clang can check.
class HAKEM_THREAD_ATTRIBUTE(capability("mutex")) Mutex {
 public:
  void lock() HAKEM_THREAD_ATTRIBUTE(acquire_capability()) { mutex_.lock(); }

  void unlock() HAKEM_THREAD_ATTRIBUTE(release_capability()) { mutex_.unlock(); }

  bool try_lock() HAKEM_THREAD_ATTRIBUTE(try_acquire_capability(true)) { return mutex_.try_lock(); }

 private:
  std::mutex mutex_;
};

/// A mutex of one byte, for very many objects that are locked for a few instructions each.
class HAKEM_THREAD_ATTRIBUTE(capability("mutex")) TinyMutex {
 public:
  void lock() HAKEM_THREAD_ATTRIBUTE(acquire_capability()) {
    while (taken_.test_and_set(std::memory_order_acquire)) {
      taken_.wait(true, std::memory_order_relaxed);
    }
  }

  void unlock() HAKEM_THREAD_ATTRIBUTE(release_capability()) {
    taken_.clear(std::memory_order_release);
    taken_.notify_one();
  }

 private:
  std::atomic_flag taken_ = ATOMIC_FLAG_INIT;
};

/// Holds a TinyMutex for a scope.
class HAKEM_THREAD_ATTRIBUTE(scoped_lockable) TinyMutexLock {
 public:
  explicit TinyMutexLock(TinyMutex& mutex) HAKEM_THREAD_ATTRIBUTE(acquire_capability(mutex))
      : mutex_(mutex) {
    mutex_.lock();
  }

  ~TinyMutexLock() HAKEM_THREAD_ATTRIBUTE(release_capability()) { mutex_.unlock(); }

  TinyMutexLock(const TinyMutexLock&) = delete;
  TinyMutexLock& operator=(const TinyMutexLock&) = delete;

 private:
  TinyMutex& mutex_;
};

/// Holds a Mutex for a scope. BasicLockable, so that a condition_variable_any can wait on it.
class HAKEM_THREAD_ATTRIBUTE(scoped_lockable) MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) HAKEM_THREAD_ATTRIBUTE(acquire_capability(mutex))
      : mutex_(mutex) {
    mutex_.lock();
  }

  ~MutexLock() HAKEM_THREAD_ATTRIBUTE(release_capability()) { mutex_.unlock(); }

  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

  void lock() HAKEM_THREAD_ATTRIBUTE(acquire_capability()) { mutex_.lock(); }

  void unlock() HAKEM_THREAD_ATTRIBUTE(release_capability()) { mutex_.unlock(); }

 private:
  Mutex& mutex_;
};

}  // namespace hakem
