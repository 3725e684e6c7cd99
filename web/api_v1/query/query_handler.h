#pragma once

#include <stop_token>
#include <utility>

#include "model/clock.h"
#include "promql/engine.h"
#include "tsdb/series/queryable.h"
#include "web/endpoint/endpoint.h"
#include "web/http/http.h"

namespace hakem::web {

/// The evaluation of queries, such as `/api/v1/query`.
extern const EndpointTable kQueryEndpoints;

/// Answers `/api/v1/query` and `/api/v1/query_range`. Its functions must be called by threads with
/// a deep stack. Thread-safe.
class QueryHandler {
 public:
  struct Deps {
    const tsdb::Queryable& data;
    const Clock& clock;
    std::stop_token stop = {};  ///< Ends running queries.
    promql::Features features = {};
  };

  explicit QueryHandler(Deps deps) : deps_(std::move(deps)) {}

  /// Parameters are `query`, `time` (by default now), `timeout`, `limit`, `lookback_delta` and
  /// `stats`. `waited` is how long the request has waited for its turn; it counts against
  /// `timeout`.
  Response Instant(const Request& request, Duration waited = Duration(0)) const;

  /// Parameters are `query`, `start`, `end`, `step`, and those of Instant() except `time`. A range
  /// has at most 11,000 steps.
  Response Range(const Request& request, Duration waited = Duration(0)) const;

 private:
  /// A valid query and its limits.
  struct Query {
    promql::ExprPtr expr;
    promql::EngineOptions options;
  };

  /// Reads `timeout`, `lookback_delta` and `query`. Checks duration expressions in the query, which
  /// may depend on `times`.
  Result<Query> ReadQuery(const Request& request, const promql::QueryTimes& times) const;

  /// Evaluates the query and builds the response.
  template <typename Evaluate>
  Response Answer(const Request& request, std::size_t limit, Duration waited, Query query,
                  Evaluate evaluate) const;

  const Deps deps_;
};

}  // namespace hakem::web
