#pragma once

#include <memory>
#include <utility>

#include "model/mutex.h"

namespace hakem {

/// The last published version of an immutable value. Thread-safe; readers keep what they got.
template <typename T>
class Published {
 public:
  /// The last value; null before the first.
  std::shared_ptr<const T> Get() const {
    const MutexLock lock(mutex_);
    return value_;
  }

  void Set(std::shared_ptr<const T> value) {
    const MutexLock lock(mutex_);
    value_.swap(value);  // The old one goes with the parameter, after the lock.
  }

 private:
  mutable Mutex mutex_;
  std::shared_ptr<const T> value_ GUARDED_BY(mutex_);
};

}  // namespace hakem
