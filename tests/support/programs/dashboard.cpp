#include "tests/support/programs/dashboard.h"

#include <fmt/format.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

#include "tests/support/paths.h"

namespace hakem {
namespace {

/// Replaces variables, which are all used in `=~`, by `.+`, and macros by usual durations.
constexpr std::pair<std::string_view, std::string_view> kReplacements[] = {
    {"$__rate_interval", "1m"}, {"$__range", "1h"}, {"$job", ".+"},
    {"$instance", ".+"},        {"$game", ".+"},
};

std::string Replaced(std::string expr) {
  for (const auto& [variable, value] : kReplacements) {
    for (std::size_t at = 0; (at = expr.find(variable, at)) != expr.npos; at += value.size()) {
      expr.replace(at, variable.size(), value);
    }
  }
  return expr;
}

}  // namespace

std::vector<DashboardQuery> DashboardQueries() {
  std::ifstream file(SourcePath("dashboards/hokm-game.json"));
  const nlohmann::json dashboard = nlohmann::json::parse(file);
  std::vector<DashboardQuery> queries;
  for (const nlohmann::json& panel : dashboard.at("panels")) {
    for (const nlohmann::json& target : panel.at("targets")) {
      queries.push_back({fmt::format("panel \"{}\", {}", panel.at("title").get<std::string>(),
                                     target.at("refId").get<std::string>()),
                         Replaced(target.at("expr").get<std::string>())});
    }
  }
  for (const nlohmann::json& annotation : dashboard.at("annotations").at("list")) {
    queries.push_back({fmt::format("annotation \"{}\"", annotation.at("name").get<std::string>()),
                       Replaced(annotation.at("expr").get<std::string>())});
  }
  return queries;
}

}  // namespace hakem
