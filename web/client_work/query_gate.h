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

/// Lets so many queries run at once, as Prometheus' `--query.max-concurrency`. Who comes then waits
/// for as long as the query may take, in the order of arrival. Thread-safe.
class QueryGate {
 public:
  static constexpr std::size_t kConcurrency = 20;

  /// More than `most_waiting` are refused: each takes one of the server's threads, and some must be
  /// left for other pages.
  explicit QueryGate(std::size_t concurrency = kConcurrency,
                     std::size_t most_waiting = static_cast<std::size_t>(-1))
      : concurrency_(concurrency), most_waiting_(most_waiting) {}

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
  /// kUnavailable: stopped, nobody waits for the answer any more, or too many wait already.
  /// `gone` is asked now and then whether anybody still waits for the answer; empty: somebody does.
  Result<Pass> Enter(Duration limit, const std::stop_token& stop,
                     const std::function<bool()>& gone = {});

 private:
  struct Waiter {
    std::condition_variable_any admission;
    bool admitted = false;  ///< The place of one who left is this one's now.
  };

  void Leave();

  const std::size_t concurrency_;
  const std::size_t most_waiting_;
  Mutex mutex_;
  std::size_t running_ GUARDED_BY(mutex_) = 0;
  std::list<Waiter> waiting_ GUARDED_BY(mutex_);  ///< Empty while there is a free place.
};

}  // namespace hakem::web
