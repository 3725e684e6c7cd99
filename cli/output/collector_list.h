#pragma once

#include <string>
#include <string_view>

#include "model/result.h"

namespace hakem::exporter {

/// The answer of `/api/v1/collectors` for people: a line for each collector, what it waits for or
/// last failed by below it. Errors: kUnavailable when it is not such an answer.
Result<std::string> FormatCollectors(std::string_view json);

}  // namespace hakem::exporter
