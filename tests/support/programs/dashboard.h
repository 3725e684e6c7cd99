#pragma once

#include <string>
#include <vector>

namespace hakem {

/// A query of a dashboard, its variables and macros replaced so that a real PromQL parser takes it.
struct DashboardQuery {
  std::string place;  ///< `panel "Active games", A`
  std::string expr;
};

/// All queries of panels and annotations of dashboards/hokm-game.json, in its order.
std::vector<DashboardQuery> DashboardQueries();

}  // namespace hakem
