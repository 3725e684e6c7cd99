#pragma once

#include <string>
#include <vector>

namespace hakem {

/// A dashboard query with variables and macros replaced, so that a PromQL parser accepts it.
struct DashboardQuery {
  std::string place;  ///< `panel "Active games", A`
  std::string expr;
};

/// All queries of panels and annotations of dashboards/hokm-game.json, in its order.
std::vector<DashboardQuery> DashboardQueries();

}  // namespace hakem
