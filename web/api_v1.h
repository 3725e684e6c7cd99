#pragma once

#include <string>
#include <string_view>

#include "rules/status.h"
#include "web/http.h"

namespace hakem::web {

/// `{"status":"success","data":…}`, the envelope of Prometheus' HTTP API. Requires: `data` is a
/// JSON document.
Response ApiSuccess(std::string_view data);

/// `{"status":"error","errorType":"bad_data","error":…}`. Types and statuses are Prometheus':
/// bad_data 400, execution 422, not_found 404, timeout and unavailable 503, internal 500.
Response ApiError(int status, std::string_view error_type, std::string_view message);

/// `/api/v1/alerts`: pending and firing alerts of all rules, in the order of the rules. Null: none.
Response AlertsResponse(const rules::RulesStatus* status);

/// `/api/v1/rules`: groups with their rules and those rules' alerts. Null: no groups. Understands
/// Prometheus' parameters `type` (`alert`, `record`), `rule_name[]`, `rule_group[]`, `file[]` and
/// `exclude_alerts`; a group of which no rule is left is left out.
Response RulesResponse(const rules::RulesStatus* status, const Request& request);

}  // namespace hakem::web
