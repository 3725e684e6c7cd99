#pragma once

#include <algorithm>

#include "model/mutex.h"
#include "model/time.h"
#include "web/access/web_config.h"

namespace hakem::web {

/// A token bucket that holds `burst` requests and gains one each `interval`. Thread-safe.
class RateLimiter {
 public:
  explicit RateLimiter(RateLimit limit) : limit_(limit), left_(static_cast<double>(limit.burst)) {}

  /// Takes a token. False when there is none, so that the request must be refused.
  bool Admit(SteadyTime now) {
    if (limit_.interval.count() == 0) {
      return true;
    }
    const MutexLock lock(mutex_);
    left_ += ToSeconds(now - last_) / ToSeconds(limit_.interval);
    left_ = std::min(left_, static_cast<double>(limit_.burst));
    last_ = now;
    const bool admitted = left_ >= 1;
    left_ -= admitted ? 1 : 0;
    return admitted;
  }

 private:
  const RateLimit limit_;
  Mutex mutex_;
  double left_ GUARDED_BY(mutex_);
  SteadyTime last_ GUARDED_BY(mutex_){};
};

}  // namespace hakem::web
