#pragma once

#include <string>

namespace hakem::gotemplate {

/// Formats a number as Go's strconv.FormatFloat does, always with a sign: `+1.5e+06`, `-Inf`,
/// `+NaN`. `verb`: one of b e E f g G x X. `precision`: the digits, as C's printf counts them;
/// negative means as few as are needed to read the number back.
std::string FormatFloat(double value, char verb, int precision);

}  // namespace hakem::gotemplate
