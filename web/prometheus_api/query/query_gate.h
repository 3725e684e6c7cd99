#pragma once

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <stop_token>

#include "model/mutex.h"
#include "model/result.h"
#include "model/time.h"

namespace hakem::web {

/// Lets so many queries run at once, as Prometheus' `--query.max-concurrency`, and as many again
/// wait; who comes then is refused, so that queries never take all of the server's threads.
/// Thread-safe.
class QueryGate {
 public:
  static constexpr std::size_t kConcurrency = 20;

  explicit QueryGate(std::size_t concurrency = kConcurrency) : concurrency_(concurrency) {}

  /// Leaves the gate with the end of its life. Does not outlive the gate.
  class Pass {
   public:
    explicit Pass(QueryGate& gate) : gate_(&gate) {}

    Pass(Pass&& other) noexcept : gate_(std::exchange(other.gate_, nullptr)) {}

    Pass(const Pass&) = delete;
    Pass& operator=(const Pass&) = delete;
    Pass& operator=(Pass&&) = delete;

    ~Pass() {
      if (gate_ != nullptr) {
        gate_->Leave();
      }
    }

   private:
    QueryGate* gate_;
  };

  /// Waits for a place, at most so long. Errors, in Prometheus' words where it has any: kTimeout;
  /// kUnavailable: stopped, or too many wait already.
  /// `gone` is asked now and then whether anybody still waits for the answer; empty: somebody does.
  Result<Pass> Enter(Duration limit, const std::stop_token& stop,
                     const std::function<bool()>& gone = {});

 private:
  void Leave();

  const std::size_t concurrency_;
  Mutex mutex_;
  std::condition_variable_any left_;
  std::size_t running_ GUARDED_BY(mutex_) = 0;
  std::size_t waiting_ GUARDED_BY(mutex_) = 0;
};

}  // namespace hakem::web
