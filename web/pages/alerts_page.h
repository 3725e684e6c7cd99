#pragma once

#include <string>

#include "model/time.h"
#include "rules/status.h"
#include "web/http/http.h"

namespace hakem::web {

/// What the page of alerts is made of.
struct AlertsFacts {
  std::string version;
  Timestamp now;
  const rules::RulesStatus* rules = nullptr;  ///< Null while the rules have not been evaluated.
  std::string base = "";                      ///< As PageHead has it.
};

/// The page at `/alerts` as HTML: each alert that fires or is pending with its state, since when,
/// its labels, annotations, value and expression, then the rules and how they do.
///
/// Parameters narrow it down, as links of Prometheus and Alertmanager have them: `alertname`,
/// `severity`, `state` (`firing`, `pending`, `inactive`; repeatable), `filter` and `match[]`
/// (matchers, `{game="hokm"}` or `game="hokm"`; repeatable, all must match) and `search` (a part of
/// a name or label). What cannot be read is named on the page and narrows nothing down.
std::string RenderAlertsPage(const AlertsFacts& facts, const Request& request);

}  // namespace hakem::web
