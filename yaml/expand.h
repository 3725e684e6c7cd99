#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "model/result.h"

namespace hakem::yaml {

/// Looks an environment variable up; nothing when it is not set.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;

/// Replaces `${NAME}` by the variable's value and `${NAME:-default}` by it or, when it is unset or
/// empty, by the default; `$$` is a dollar sign. What comes in is never read again as YAML or for
/// variables. Errors: kInvalidInput: a variable without a default is not set; an unclosed or empty
/// `${`.
Result<std::string> Expand(std::string_view text, const Environment& environment);

}  // namespace hakem::yaml
