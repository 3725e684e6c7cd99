#pragma once

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

}  // namespace hakem::gotemplate
