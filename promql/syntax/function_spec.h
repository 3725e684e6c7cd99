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

/// The value of a call. Declared here and in evaluation/step_value.h, which completes the types.
using StepValue =
    std::variant<std::vector<double>, std::vector<StepSeries>, RangeVector, std::string>;

/// The types of a function's arguments, in order.
class ArgumentTypes {
 public:
  // NOLINTNEXTLINE(google-explicit-constructor): the tables of functions write a list.
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

/// When a function may be called.
enum class Availability {
  kStable,
  kExperimental,     ///< Only when the feature kExperimentalFunctions is on.
  kNativeHistogram,  ///< Accepted, but Hakem has no native histograms: the result is empty.
};

/// A function's signature and implementation: the row that parser and evaluator both read.
struct FunctionSpec {
  /// Value of `optional`: the last argument may be repeated any number of times, or left out.
  static constexpr int kAnyNumber = -1;

  std::string_view name;
  ArgumentTypes arguments;
  int optional = 0;  ///< How many of the last arguments may be left out, or kAnyNumber.
  ValueType result;
  StepValue (*evaluate)(FunctionCall& call);
  bool reads_time =
      false;  ///< Its value depends on the evaluation time even if its arguments do not.
  /// The modifier that its range vector may have. kSmoothed also accepts kAnchored.
  RangeModifier accepted_modifier = RangeModifier::kNone;
  bool works_on_labels =
      false;  ///< It changes labels only; the values are those of its first argument.
  bool selects_labels = false;  ///< Its second argument selects labels: `{a="b"}`.
  Availability availability = Availability::kStable;

  /// Whether its range vector may have this modifier.
  constexpr bool Accepts(RangeModifier modifier) const {
    return modifier == RangeModifier::kNone || modifier == accepted_modifier ||
           (modifier == RangeModifier::kAnchored && accepted_modifier == RangeModifier::kSmoothed);
  }

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
