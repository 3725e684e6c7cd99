#pragma once

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <list>
#include <stop_token>
#include <utility>

#include "model/mutex.h"
#include "model/result.h"
#include "model/time.h"

namespace hakem::web {

/// Limits the number of queries that run at once, as Prometheus' `--query.max-concurrency` does.
/// Further queries wait in the order of their arrival. Thread-safe.
class QueryGate {
 public:
  static constexpr std::size_t kConcurrency = 20;

  /// When `most_waiting` queries wait, further ones are refused: each occupies a thread of the
  /// server, and other pages need some too.
  explicit QueryGate(std::size_t concurrency = kConcurrency,
                     std::size_t most_waiting = static_cast<std::size_t>(-1))
      : concurrency_(concurrency), most_waiting_(most_waiting) {}

  /// The right to run, which ends with this object. The gate outlives it.
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

  /// Waits at most `limit` for the right to run. Errors, in Prometheus' words where it has any:
  /// kTimeout; kUnavailable: stopped, the client has gone, or too many queries wait already.
  /// `gone` says whether the client has gone, and is called now and then; it may be empty.
  Result<Pass> Enter(Duration limit, const std::stop_token& stop,
                     const std::function<bool()>& gone = {});

 private:
  struct Waiter {
    std::condition_variable_any admission;
    bool admitted = false;  ///< It may run in place of a query that has ended.
  };

  void Leave();

  const std::size_t concurrency_;
  const std::size_t most_waiting_;
  Mutex mutex_;
  std::size_t running_ GUARDED_BY(mutex_) = 0;
  std::list<Waiter> waiting_ GUARDED_BY(mutex_);  ///< Empty while there is a free place.
};

}  // namespace hakem::web
