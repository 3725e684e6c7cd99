#pragma once

#include <array>
#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "promql/syntax/ast.h"

namespace hakem::promql {

class FunctionCall;
struct RangeVector;
struct StepSeries;

/// What a function evaluates to: evaluation/step_value.h has the same and completes it.
using StepValue =
    std::variant<std::vector<double>, std::vector<StepSeries>, RangeVector, std::string>;

/// The types of a function's arguments, in order.
class ArgumentTypes {
 public:
  // NOLINTNEXTLINE(google-explicit-constructor): written as a list in the rows.
  constexpr ArgumentTypes(std::initializer_list<ValueType> types) : size_(types.size()) {
    std::size_t i = 0;
    for (const ValueType type : types) {
      types_[i++] = type;
    }
  }

  constexpr std::size_t size() const { return size_; }

  /// Requires: index < size().
  constexpr ValueType operator[](std::size_t index) const { return types_[index]; }

 private:
  std::array<ValueType, 12> types_{};
  std::size_t size_;
};

/// Who may call a function.
enum class Availability {
  kStable,
  kExperimental,     ///< Refused unless the feature is on.
  kNativeHistogram,  ///< Known; there are no native histograms here, so it gives no elements.
};

/// All that is known of a function; parser and evaluator read the same row.
struct FunctionSpec {
  /// `optional` without a bound: the last type stands for any number of arguments, also none.
  static constexpr int kAnyNumber = -1;

  std::string_view name;
  ArgumentTypes arguments;
  int optional = 0;  ///< How many of the last arguments may be left out, or kAnyNumber.
  ValueType result;
  StepValue (*evaluate)(FunctionCall& call);
  bool reads_time = false;  ///< Its value depends on the instant even if its arguments do not.
  RangeModifier most_reach =
      RangeModifier::kNone;      ///< Of its range vector; kSmoothed: anchored ones too.
  bool works_on_labels = false;  ///< Its result has the values of its first argument.
  bool selects_labels = false;   ///< Its second argument is a selector of labels: `{a="b"}`.
  Availability availability = Availability::kStable;

  constexpr bool takes_range() const {
    for (std::size_t i = 0; i < arguments.size(); ++i) {
      if (arguments[i] == ValueType::kMatrix) {
        return true;
      }
    }
    return false;
  }
};

}  // namespace hakem::promql
