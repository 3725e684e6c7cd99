#pragma once

#include <span>
#include <string>

#include "gotemplate/limits/budget.h"
#include "gotemplate/printing/field.h"
#include "gotemplate/values/value.h"

namespace hakem::gotemplate {

/// Writes one value with a verb and flags, as Go's fmt does. A verb that does not fit gives
/// `%!d(string=a)`. A pointer inside of a list or map is written as what it points to, since
/// addresses say nothing. Throws LimitExceeded.
void PrintValue(FieldWriter& writer, const Value& value, char32_t verb);

/// Writes a value as an action does: what a pointer points to, `<no value>` if there is none.
void PrintResult(LimitedText& out, const Value& value);

/// Go's fmt.Sprint: with a space between two operands if neither is a string.
std::string Print(std::span<const Value> values);

/// Go's fmt.Sprintln: with spaces between all operands and a newline.
std::string PrintLine(std::span<const Value> values);

/// Prints one value by `%v`.
std::string PrintText(const Value& value);

}  // namespace hakem::gotemplate
