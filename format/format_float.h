#pragma once

#include <string>

namespace hakem {

/// The shortest digits that read back as the same number, without an exponent: `0.1`, `+Inf`,
/// `NaN`.
std::string FormatFloat(double value);

/// The same digits as Go's %v has them, in messages: with an exponent where it is below -4 or
/// above 5: `0.9`, `1.7e+09`, `+Inf`.
std::string FormatFloatShort(double value);

}  // namespace hakem
