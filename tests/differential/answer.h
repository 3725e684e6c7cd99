#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "model/result.h"
#include "promql/engine.h"
#include "tests/differential/query.h"

namespace hakem::differential {

/// The result of a query in a form in which two engines can be compared.
struct Answer {
  std::string error;    ///< Its text; empty when there is a value.
  std::string type;     ///< "scalar", "vector", "matrix" or "string".
  promql::Matrix rows;  ///< A scalar is one row without labels; a vector has one point a row.
  std::string text;     ///< The text of a string.
  std::vector<std::string> warnings;  ///< Sorted.
  std::vector<std::string> infos;     ///< Sorted.
  std::uint64_t samples = 0;          ///< That were looked at.
};

/// Returns the answer of Hakem's engine with Prometheus' settings and these features.
Answer AskHakem(const Query& query, const tsdb::Queryable& data, promql::Features features);

/// Parses an answer of Prometheus' HTTP API. Errors: kInvalidInput.
Result<Answer> ReadAnswer(const nlohmann::json& envelope);

/// Returns the first difference between two answers; "" when they are equal. Values may differ by
/// rounding in the last digits, because Go and C++ compute powers and logarithms differently. The
/// rows of a vector may be in any order.
std::string Difference(const Answer& prometheus, const Answer& hakem);

}  // namespace hakem::differential
