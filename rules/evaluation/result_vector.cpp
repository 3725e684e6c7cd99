#include "rules/evaluation/result_vector.h"

#include <utility>
#include <variant>

namespace hakem::rules {

Result<promql::Vector> ResultVector(Result<promql::Evaluation> evaluation) {
  if (!evaluation) {
    return Fail(evaluation.error());
  }
  if (auto* const vector = std::get_if<promql::Vector>(&evaluation->value)) {
    return std::move(*vector);
  }
  if (const auto* const scalar = std::get_if<promql::Scalar>(&evaluation->value)) {
    return promql::Vector{{.labels = {}, .time = scalar->time, .value = scalar->value}};
  }
  return Fail(ErrorCode::kInvalidInput, "rule result is not a vector or scalar");
}

}  // namespace hakem::rules
