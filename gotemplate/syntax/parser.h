#pragma once

#include <string_view>

#include "gotemplate/syntax/ast.h"
#include "gotemplate/syntax/parse_failure.h"
#include "gotemplate/syntax/pipeline_parser.h"
#include "model/result.h"

namespace hakem::gotemplate {

/// Parses the language of Go's text/template.
/// Errors: the position in the text, and the message of Go's parser.
Result<SyntaxTree, ParseError> ParseTemplate(std::string_view text, const FunctionTables& tables);

}  // namespace hakem::gotemplate
