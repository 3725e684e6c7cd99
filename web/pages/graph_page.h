#pragma once

#include <string>

#include "model/clock.h"
#include "model/published.h"
#include "rules/status.h"
#include "web/http/http.h"

namespace hakem::web {

/// What the page of expressions reads. References outlive the handler.
struct GraphPageDeps {
  Handler query;         ///< Answers `/api/v1/query`: a page's query has the bounds of any other.
  Handler format_query;  ///< Answers `/api/v1/format_query`.
  const Published<rules::RulesStatus>& rules;
  const Clock& clock;
  std::string version;
  std::string base = "";  ///< As PageHead has it.
};

/// `/graph` and `/query`, where the links in messages lead: each expression of the address in
/// canonical form, its value as a table of at most 100 rows, the alerting rules that have it, and
/// links to the API's answers; an expression that cannot be read, with the place of the error.
///
/// Understands the parameters of Prometheus' links: `g0.expr`, `g0.moment_input` or `g0.end_input`
/// (the time, now if it is left out), `g0.range_input`, and the same of `g1` to `g4`; also `expr`
/// or `query` with `time`. Without an expression it lists those of the rules.
Handler GraphPageHandler(GraphPageDeps deps);

}  // namespace hakem::web
