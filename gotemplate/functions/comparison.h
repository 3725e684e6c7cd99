#pragma once

#include "gotemplate/values/value.h"

namespace hakem::gotemplate {

/// Whether two values are equal, as Go's `eq` compares them. Errors: kInvalidInput when their types
/// cannot be compared.
Result<bool> AreEqual(const Value& a, const Value& b);

/// Whether `a` is less than `b`, as Go's `lt` compares them. Errors: kInvalidInput when their types
/// have no order.
Result<bool> IsLess(const Value& a, const Value& b);

}  // namespace hakem::gotemplate
