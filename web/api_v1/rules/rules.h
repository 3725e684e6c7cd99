#pragma once

#include "rules/status.h"
#include "web/http/http.h"

namespace hakem::web {

/// `/api/v1/alerts`: pending and firing alerts of all rules, in the order of the rules. Null: none.
Response AlertsResponse(const rules::RulesStatus* status);

/// `/api/v1/rules`: groups with their rules and those rules' alerts. Null: no groups. Understands
/// Prometheus' parameters `type` (`alert`, `record`), `rule_name[]`, `rule_group[]`, `file[]`,
/// `match[]`, `exclude_alerts`, `group_limit` and `group_next_token`; a group of which no rule is
/// left is left out.
Response RulesResponse(const rules::RulesStatus* status, const Request& request);

}  // namespace hakem::web
