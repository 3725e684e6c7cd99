#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <stop_token>

#include "model/clock.h"
#include "model/memory_account.h"
#include "web/client_work/query_gate.h"
#include "web/client_work/turns.h"
#include "web/http/http.h"

namespace hakem::web {

/// What all that clients ask for may cost at once.
struct WorkLimits {
  std::size_t concurrency = QueryGate::kConcurrency;
  std::size_t most_waiting = 1000;
  std::size_t processors = Turns::Processors();  ///< So many of them compute at a time, in turns.
  Duration timeout = std::chrono::minutes(2);  ///< Of one request, the wait for its turn included.
  /// That requests share: what they work with and answers that are not delivered yet.
  std::size_t shared_bytes = std::size_t{1} << 30;
  std::size_t most_bytes = std::size_t{1} << 30;  ///< Of one request.
  /// Of each request besides, so that a small one is answered while large ones take all the rest.
  std::size_t own_bytes = std::size_t{1} << 20;
};

/// Where the work is done that a client can make as large as it likes: queries, series, labels,
/// federation, lists of alerts and rules, with the writing and the compression of their answers.
/// Each request has a deep stack of its own (deep_thread.h), its turn, a time and its share of the
/// memory; what goes beyond that is answered with an error and ended. Thread-safe.
class ClientWork {
 public:
  /// `clock` outlives it. `stop` ends what waits and what runs.
  ClientWork(const WorkLimits& limits, const Clock& clock, std::stop_token stop = {});

  /// Works on a request; given is how long it has waited for its turn.
  using Work = std::function<Response(Duration waited)>;

  /// What `work` answers, or why it was not done or not finished: 503 when it had no turn within
  /// `timeout` (at most WorkLimits::timeout), took longer than that, was stopped or does not fit
  /// into what memory is left; 422 when it needs more memory than one request may have. Below /api/
  /// in the envelope of Prometheus' API. Throws what else `work` throws.
  Response Run(const Request& request, Duration timeout, const Work& work);

  /// The same for what neither recurses nor takes long: on the caller's thread, without a turn, all
  /// of its memory from what requests share.
  Response RunAtOnce(const Request& request, const std::function<Response()>& work);

  const WorkLimits& limits() const { return limits_; }

  /// What is taken of WorkLimits::shared_bytes at present.
  std::size_t taken_bytes() const { return budget_->taken(); }

 private:
  Response Answered(const Request& request, const std::function<Response()>& work);
  Response RunAdmitted(const Request& request, Duration limit, Duration waited, const Work& work);

  const WorkLimits limits_;
  const Clock& clock_;
  const std::stop_token stop_;
  const std::shared_ptr<MemoryBudget> budget_;  ///< Shared with answers under way.
  QueryGate gate_;
  Turns turns_;
};

}  // namespace hakem::web
