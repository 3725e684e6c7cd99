#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/result.h"
#include "rules/alerts/alert_state.h"

namespace hakem::cli {

/// Reads the answer of `/api/v1/alerts`. Only what that answer has is set in the alerts.
/// Errors: kUnavailable if it is another answer.
Result<std::vector<rules::ActiveAlert>> ReadAlerts(std::string_view json);

/// Formats alerts for people: a line for each, its summary below it, firing ones first; "no
/// alerts\n" if there are none.
std::string FormatAlerts(std::vector<rules::ActiveAlert> alerts);

}  // namespace hakem::cli
