#pragma once

#include <stop_token>
#include <utility>

#include "model/clock.h"
#include "promql/engine.h"
#include "tsdb/series/queryable.h"
#include "web/http/http.h"

namespace hakem::web {

/// `/api/v1/query` and `/api/v1/query_range`. To be called by threads with a deep stack.
/// Thread-safe.
class QueryHandler {
 public:
  struct Deps {
    const tsdb::Queryable& data;
    const Clock& clock;
    std::stop_token stop = {};  ///< Ends queries under way.
    promql::Features features = {};
  };

  explicit QueryHandler(Deps deps) : deps_(std::move(deps)) {}

  /// Parameters `query`, `time` (now), `timeout`, `limit`, `lookback_delta`, `stats`.
  /// `waited`: for its turn, which is taken off what it may take.
  Response Instant(const Request& request, Duration waited = Duration(0)) const;

  /// Parameters `query`, `start`, `end`, `step` and those above but `time`. At most 11,000 steps.
  Response Range(const Request& request, Duration waited = Duration(0)) const;

 private:
  /// A query that may be evaluated.
  struct Query {
    promql::ExprPtr expr;
    promql::EngineOptions options;
  };

  /// Reads `timeout`, `lookback_delta` and `query`; what the query says of its own times is
  /// computed.
  Result<Query> ReadQuery(const Request& request, const promql::QueryTimes& times) const;

  /// Evaluates and answers.
  template <typename Evaluate>
  Response Answer(const Request& request, std::size_t limit, Duration waited, Query query,
                  Evaluate evaluate) const;

  const Deps deps_;
};

}  // namespace hakem::web
