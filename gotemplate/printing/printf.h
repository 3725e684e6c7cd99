#pragma once

#include <span>
#include <string>
#include <string_view>

#include "gotemplate/values/value.h"

namespace hakem::gotemplate {

/// Go's fmt.Sprintf, with its verbs, flags, argument indexes and its way to report mistakes in the
/// result: `%!d(float64=1)`, `%!s(MISSING)`, `%!(EXTRA int=1)`. Throws LimitExceeded.
std::string FormatText(std::string_view format, std::span<const Value> arguments);

}  // namespace hakem::gotemplate
