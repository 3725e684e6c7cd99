#pragma once

#include <memory>
#include <utility>

#include "model/mutex.h"

namespace hakem {

/// Holds the latest version of an immutable value. Thread-safe; readers keep the version they got.
template <typename T>
class Published {
 public:
  /// Returns the latest value; null before the first Set.
  std::shared_ptr<const T> Get() const {
    const MutexLock lock(mutex_);
    return value_;
  }

  void Set(std::shared_ptr<const T> value) {
    const MutexLock lock(mutex_);
    value_.swap(value);  // The old value is destroyed after the lock is released.
  }

 private:
  mutable Mutex mutex_;
  std::shared_ptr<const T> value_ GUARDED_BY(mutex_);
};

}  // namespace hakem
