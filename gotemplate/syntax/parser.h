#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "gotemplate/syntax/ast.h"
#include "model/result.h"

namespace hakem::gotemplate {

/// Tables of functions; a later table overrides an earlier one.
using FunctionTables = std::vector<std::span<const Function>>;

/// Why a text is no template.
struct ParseError {
  std::size_t position = 0;
  std::string message;
};

/// Parses the language of Go's text/template.
/// Errors: the position in the text, and the message of Go's parser.
Result<SyntaxTree, ParseError> ParseTemplate(std::string_view text, const FunctionTables& tables);

}  // namespace hakem::gotemplate
