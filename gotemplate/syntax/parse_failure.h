#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "gotemplate/syntax/token.h"

namespace hakem::gotemplate {

/// Why a text is no template.
struct ParseError {
  std::size_t position = 0;
  std::string message;
};

/// Ends the parsing from any depth; caught by ParseTemplate.
struct ParseFailure {
  ParseError error;
};

[[noreturn]] void ThrowParseFailure(std::size_t position, std::string message);

/// Reports a token that cannot stand in the place that `context` names, or the error that it is.
[[noreturn]] void ThrowUnexpected(const Token& token, std::string_view context);

}  // namespace hakem::gotemplate
