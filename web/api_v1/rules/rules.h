#pragma once

#include "rules/status.h"
#include "web/endpoint/endpoint.h"
#include "web/http/http.h"

namespace hakem::web {

/// Rules and alerts, such as `/api/v1/alerts`.
extern const EndpointTable kRuleEndpoints;

/// `/api/v1/alerts`: lists pending and firing alerts in the order of the rules. `status` may be
/// null.
Response AlertsResponse(const rules::RulesStatus* status);

/// `/api/v1/rules`: lists groups with their rules and alerts. `status` may be null. Understands
/// Prometheus' parameters `type` (`alert`, `record`), `rule_name[]`, `rule_group[]`, `file[]`,
/// `match[]`, `exclude_alerts`, `group_limit` and `group_next_token`, and Hakem's `evaluations`,
/// which adds the last evaluations of each rule. Groups without a matching rule are not listed.
Response RulesResponse(const rules::RulesStatus* status, const Request& request);

}  // namespace hakem::web
