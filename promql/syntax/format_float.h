#pragma once

#include <string>

namespace hakem::promql {

/// The shortest digits that read back as the same number, without an exponent: `0.1`, `+Inf`,
/// `NaN`.
std::string FormatFloat(double value);

}  // namespace hakem::promql
