#pragma once

#include <string>

#include "promql/parsing/token.h"

namespace hakem::promql {

/// Returns the value of a number (decimal, 0x…, octal with a leading 0, Inf, NaN), or the seconds
/// of a duration. Throws QueryError.
double ReadNumber(const Token& token);

/// Returns the seconds of a duration or a number. Throws QueryError, also beyond
/// kMaxDurationSeconds.
double ReadSeconds(const Token& token);

/// Returns the text of a string literal. Throws QueryError.
std::string ReadString(const Token& token);

}  // namespace hakem::promql
