#pragma once

#include <string>

#include "model/time.h"
#include "rules/status.h"
#include "web/http/http.h"

namespace hakem::web {

/// The contents of the page of alerts.
struct AlertsFacts {
  std::string version;
  Timestamp now;
  const rules::RulesStatus* rules = nullptr;  ///< Null until they are evaluated.
  std::string base = "";                      ///< See PageHead::base.
};

/// Renders the page at `/alerts` as HTML: firing and pending alerts, with their state and since
/// when, labels, annotations, value and expression; then all rules and their health.
///
/// Parameters filter the page, as in links of Prometheus and Alertmanager: `alertname`, `severity`,
/// `state` (`firing`, `pending`, `inactive`; repeatable), `filter` and `match[]` (matchers,
/// `{game="hokm"}` or `game="hokm"`; repeatable, all must match) and `search` (a part of a name or
/// label). The page reports invalid parameters and ignores them.
std::string RenderAlertsPage(const AlertsFacts& facts, const Request& request);

}  // namespace hakem::web
