#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/result.h"
#include "promql/value.h"

namespace hakem::exporter {

/// What a server that speaks Prometheus' API answered to a query.
struct QueryAnswer {
  promql::Value value;
  std::vector<std::string> warnings;
  std::vector<std::string> infos;
};

/// Reads the body of `/api/v1/query` or `/api/v1/query_range`. Errors: the server's, with its own
/// words, kInvalidInput for a bad request, kTimeout and kUnavailable for what may succeed later and
/// kInternal for an evaluation that failed; kUnavailable also when it is no such answer.
Result<QueryAnswer> ReadQueryAnswer(std::string_view body);

}  // namespace hakem::exporter
