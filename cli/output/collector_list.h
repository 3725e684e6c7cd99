#pragma once

#include <string>
#include <string_view>

#include "model/result.h"

namespace hakem::cli {

/// Formats the answer of `/api/v1/collectors` for people: a line for each collector, and its last
/// error below it. Errors: kUnavailable if it is another answer.
Result<std::string> FormatCollectors(std::string_view json);

}  // namespace hakem::cli
