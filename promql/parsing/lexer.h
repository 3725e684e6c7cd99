#pragma once

#include <string_view>
#include <vector>

#include "promql/parsing/token.h"

namespace hakem::promql {

/// Splits a query into tokens without white space and comments. The last token is kEnd, or kError
/// at invalid text; the parser reports that error when it gets there.
std::vector<Token> Tokenize(std::string_view query);

}  // namespace hakem::promql
