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

/// Bounds for the work that clients request.
struct WorkLimits {
  std::size_t concurrency = QueryGate::kConcurrency;
  std::size_t most_waiting = 1000;               ///< Requests; more are refused.
  std::size_t processors = Turns::Processors();  ///< Requests that compute at a time.
  Duration timeout = std::chrono::minutes(2);    ///< For a request, its wait included.
  /// Shared by all requests: their working memory, and responses that are not delivered yet.
  std::size_t shared_bytes = std::size_t{1} << 30;
  std::size_t most_bytes = std::size_t{1} << 30;  ///< The most that one request may use.
  /// Reserved for each request besides, so that small ones succeed when large ones use all the
  /// rest.
  std::size_t own_bytes = std::size_t{1} << 20;
};

/// Runs requests whose cost depends on the client: queries, series, labels, federation, lists of
/// alerts and rules, together with writing and compressing the response. Each request runs on its
/// own deep stack (deep_thread.h), within bounds of concurrency, time and memory. A request that
/// exceeds them is ended and answered with an error. Thread-safe.
class ClientWork {
 public:
  /// `clock` outlives it. `stop` ends waiting and running requests.
  ClientWork(const WorkLimits& limits, const Clock& clock, std::stop_token stop = {});

  /// Computes a response. `waited` is how long the request has waited for its turn.
  using Work = std::function<Response(Duration waited)>;

  /// Returns what `work` returns, or an error: 503 when the request had no turn within `timeout`
  /// (at most WorkLimits::timeout), took longer than that, was stopped, or found too little memory
  /// left; 422 when it needs more memory than one request may use. Errors for paths below /api/
  /// have the envelope of Prometheus' API. Other exceptions of `work` pass through.
  Response Run(const Request& request, Duration timeout, const Work& work);

  /// Runs work that is short and does not recurse: at once and on the caller's thread. All of its
  /// memory counts against WorkLimits::shared_bytes. Errors are those of Run().
  Response RunAtOnce(const Request& request, const std::function<Response()>& work);

  const WorkLimits& limits() const { return limits_; }

  /// How much of WorkLimits::shared_bytes is used at present.
  std::size_t taken_bytes() const { return budget_->taken(); }

 private:
  Response Answered(const Request& request, const std::function<Response()>& work);
  Response RunAdmitted(const Request& request, Duration limit, Duration waited, const Work& work);

  const WorkLimits limits_;
  const Clock& clock_;
  const std::stop_token stop_;
  const std::shared_ptr<MemoryBudget> budget_;  ///< Shared with responses that are not sent yet.
  QueryGate gate_;
  Turns turns_;
};

}  // namespace hakem::web
