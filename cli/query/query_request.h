#pragma once

#include <optional>
#include <string>

#include "model/result.h"
#include "model/time.h"
#include "promql/engine.h"

namespace hakem::cli {

/// What to evaluate and when, as typed.
struct QueryTimes {
  std::string time = {};               ///< The instant, or the end of the range; empty: now.
  std::optional<Duration> range = {};  ///< Evaluate over a range of this length.
  std::optional<Duration> step = {};  ///< Between the points of a range; default: about 200 points.
  bool needs_range = false;           ///< Without `range`, evaluate over the last hour.
};

/// A request to `/api/v1/query`, or to `/api/v1/query_range` if it has a range.
struct QueryRequest {
  std::optional<promql::StepRange> range;
  std::string form;  ///< The parameters, in the encoding of HTML forms.
};

/// Errors: kInvalidInput for a time that is none.
Result<QueryRequest> MakeQueryRequest(const std::string& expr, const QueryTimes& times,
                                      Timestamp now);

}  // namespace hakem::cli
