#include <array>

#include "promql/functions/functions.h"

namespace hakem::promql {
namespace {

/// Known by name alone: the parser refuses the call before it looks at the arguments.
constexpr FunctionSpec Row(std::string_view name) {
  return {.name = name,
          .arguments = {},
          .result = ValueType::kVector,
          .evaluate = nullptr,
          .availability = Availability::kExperimental};
}

constexpr std::array kFunctions{
    Row("double_exponential_smoothing"),
    Row("end"),
    Row("histogram_quantiles"),
    Row("info"),
    Row("mad_over_time"),
    Row("max_of"),
    Row("min_of"),
    Row("range"),
    Row("sort_by_label"),
    Row("sort_by_label_desc"),
    Row("start"),
    Row("start_timestamp"),
    Row("step"),
    Row("ts_of_first_over_time"),
    Row("ts_of_last_over_time"),
    Row("ts_of_max_over_time"),
    Row("ts_of_min_over_time"),
};

}  // namespace

const FunctionFamily kExperimentalFunctions{kFunctions};

}  // namespace hakem::promql
