#pragma once

#include <string_view>
#include <vector>

#include "promql/parsing/token.h"

namespace hakem::promql {

/// The words of a query, the last of which is kEnd, or kError where the text cannot be read on:
/// the parser reports that error when it gets there. White space and comments are left out.
std::vector<Token> Tokenize(std::string_view query);

}  // namespace hakem::promql
