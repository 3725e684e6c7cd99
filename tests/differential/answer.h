#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "model/result.h"
#include "promql/engine.h"
#include "tests/differential/query.h"

namespace hakem::differential {

/// What an engine makes of a query, in a form in which two engines can be compared.
struct Answer {
  std::string error;    ///< Its text; empty when there is a value.
  std::string type;     ///< "scalar", "vector", "matrix" or "string".
  promql::Matrix rows;  ///< A scalar is one row without labels; a vector has one point a row.
  std::string text;     ///< Of a string.
  std::vector<std::string> warnings;  ///< Sorted.
  std::vector<std::string> infos;     ///< Sorted.
  std::uint64_t samples = 0;          ///< That were looked at.
};

/// Hakem's, of its engine as a Prometheus sets it that has enabled these features.
Answer AskHakem(const Query& query, const tsdb::Queryable& data, promql::Features features);

/// Reads what Prometheus' HTTP API answers. Errors: kInvalidInput when it is no such answer.
Result<Answer> ReadAnswer(const nlohmann::json& envelope);

/// The first thing in which two answers differ; "" when they are equal. Values are equal up to
/// rounding in the last digits (Go and C++ compute powers and logarithms by other code); the rows
/// of a vector may stand in any order.
std::string Difference(const Answer& prometheus, const Answer& hakem);

}  // namespace hakem::differential
