#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/result.h"
#include "promql/value.h"

namespace hakem::cli {

/// The answer to a query of a server with Prometheus' API.
struct QueryAnswer {
  promql::Value value;
  std::vector<std::string> warnings;
  std::vector<std::string> infos;
};

/// Reads the body of `/api/v1/query` or `/api/v1/query_range`. Errors: those that the server
/// reports, with its message: kInvalidInput for a bad request, kTimeout and kUnavailable for what
/// may succeed later, kInternal for an evaluation that failed; also kUnavailable if it is no such
/// answer.
Result<QueryAnswer> ReadQueryAnswer(std::string_view body);

}  // namespace hakem::cli
