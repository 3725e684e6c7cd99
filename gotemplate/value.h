#pragma once

#include <string_view>
#include <variant>

#include "model/labels.h"

// The folder is not called `template`, because that is a keyword of C++.
namespace hakem::gotemplate {

/// The value of a variable during an expansion. Labels are borrowed and never null.
using Value = std::variant<double, const Labels*>;

/// The type of a variable: the alternatives of Value, in the same order.
enum class ValueType { kNumber, kLabels };

/// A variable that a template may use.
struct Declaration {
  std::string_view name;  ///< Without `$`.
  ValueType type;
};

}  // namespace hakem::gotemplate
