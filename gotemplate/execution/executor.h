#pragma once

#include <string>

#include "gotemplate/syntax/ast.h"
#include "gotemplate/values/value.h"
#include "model/result.h"

namespace hakem::gotemplate {

/// Why an expansion failed.
struct ExecutionFailure {
  std::size_t position = 0;   ///< In the text that was parsed.
  std::string template_name;  ///< The template that was executed; empty for the outermost one.
  std::string context;        ///< The part that was evaluated, as printed by Go.
  std::string message;
};

/// Expands a template with `data` as its dot. Errors: a mistake of the template or of its data, or
/// a limit that was exceeded.
Result<std::string, ExecutionFailure> Execute(const SyntaxTree& tree, const Value& data,
                                              const Environment& environment);

}  // namespace hakem::gotemplate
