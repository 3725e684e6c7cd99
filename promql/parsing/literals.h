#pragma once

#include <string>

#include "model/time.h"
#include "promql/parsing/token.h"

namespace hakem::promql {

/// What a number stands for (decimal, 0x…, octal with a leading 0, Inf, NaN); a duration stands
/// for its seconds. Throws Abandoned.
double ReadNumber(const Token& token);

/// The length that a duration, or a number of seconds, stands for. Throws Abandoned.
Duration ReadDuration(const Token& token);

/// The text of a string literal. Throws Abandoned.
std::string ReadString(const Token& token);

}  // namespace hakem::promql
