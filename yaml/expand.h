#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "model/result.h"

namespace hakem::yaml {

/// Returns an environment variable's value, or nothing when it is not set.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;

/// Replaces `${NAME}` by the variable's value, and `${NAME:-default}` by the default when the
/// variable is unset or empty; `$$` becomes a dollar sign. Values are not expanded again and not
/// parsed as YAML. Errors: kInvalidInput: a variable without a default is not set; an unclosed or
/// empty `${`.
Result<std::string> Expand(std::string_view text, const Environment& environment);

}  // namespace hakem::yaml
