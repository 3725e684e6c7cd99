#pragma once

#include <string>

#include "promql/parsing/token.h"

namespace hakem::promql {

/// What a number stands for (decimal, 0x…, octal with a leading 0, Inf, NaN); a duration stands
/// for its seconds. Throws QueryError.
double ReadNumber(const Token& token);

/// The seconds that a duration, or a number, stands for. Throws QueryError, also when they are more
/// than Go's durations hold.
double ReadSeconds(const Token& token);

/// The text of a string literal. Throws QueryError.
std::string ReadString(const Token& token);

}  // namespace hakem::promql
