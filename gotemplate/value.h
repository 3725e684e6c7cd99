#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "model/labels.h"

// `template` is a word of C++: this folder's namespace says in full what it reads.
namespace hakem::gotemplate {

/// What a variable stands for while a template is expanded. Labels are borrowed and never null.
using Value = std::variant<double, const Labels*>;

/// The alternatives of Value, in its order.
enum class ValueType { kNumber, kLabels };

/// A variable that a template may use.
struct Declaration {
  std::string_view name;  ///< Without `$`.
  ValueType type;
};

/// A number as Go's `%v` prints a float64: the shortest digits that read back as it, with an
/// exponent of at least two digits for 1e+06 and above and below 1e-04; NaN, +Inf, -Inf.
std::string FormatNumber(double number);

}  // namespace hakem::gotemplate
