#pragma once

#include <string>

#include "model/clock.h"
#include "model/published.h"
#include "rules/status.h"
#include "web/http/http.h"

namespace hakem::web {

/// What the page of expressions needs. References outlive the handler.
struct GraphPageDeps {
  Handler query;         ///< Answers `/api/v1/query`, with the usual limits of queries.
  Handler format_query;  ///< Answers `/api/v1/format_query`.
  const Published<rules::RulesStatus>& rules;
  const Clock& clock;
  std::string version;
  std::string base = "";  ///< See PageHead::base.
};

/// `/graph` and `/query`, to which the links in notifications lead. Shows each expression of the
/// address in canonical form, its value as a table of at most 100 rows, the alerting rules with
/// this expression, and links to the API. Marks the place of the error in an invalid expression.
///
/// Understands the parameters of Prometheus' links: `g0.expr`, `g0.moment_input` or `g0.end_input`
/// (the time, by default now), `g0.range_input`, the same with `g1` to `g4`, and `expr` or `query`
/// with `time`. Without an expression it lists the expressions of the rules.
Handler GraphPageHandler(GraphPageDeps deps);

}  // namespace hakem::web
