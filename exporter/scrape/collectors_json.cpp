#include "exporter/scrape/collectors_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace hakem::exporter {
namespace {

using collectors::CollectorSpec;
using Json = nlohmann::ordered_json;

Json Describe(const CollectorSpec& spec) {
  return {{"name", spec.name},
          {"help", spec.help},
          {"lane", ToString(spec.lane)},
          {"scope", spec.scope == collectors::Scope::kCluster ? "server" : "each database"}};
}

Json NotRunning(const CollectorSpec& spec, std::string_view reason) {
  Json json = Describe(spec);
  json["planned"] = false;
  json["reason"] = reason;
  return json;
}

Json Running(const CollectorStatus& status, Timestamp now) {
  Json json = Describe(*status.spec);
  json["planned"] = true;
  json["intervalSeconds"] = status.interval_seconds;
  json["slowed"] = status.rate_divisor > 1;
  json["circuitOpen"] = status.circuit_open;
  json["success"] = status.success;
  json["lastError"] = status.error;
  json["lastSuccess"] = status.last_success ? Json(FormatRfc3339(*status.last_success)) : Json();
  json["ageSeconds"] = status.last_success ? Json(ToSeconds(now - *status.last_success)) : Json();
  json["durationSeconds"] = status.duration_seconds;
  json["dbSecondsTotal"] = status.db_seconds_total;
  json["costRatio"] = status.cost_share;
  json["databases"] = status.databases;
  json["series"] = status.series;
  json["overflow"] = status.overflow_rows;
  return json;
}

Json DescribeStatus(const CollectorSpec& spec, const TargetStatus& status, Timestamp now) {
  const auto found = std::find_if(status.collectors.begin(), status.collectors.end(),
                                  [&](const CollectorStatus& each) { return each.spec == &spec; });
  if (found == status.collectors.end()) {
    return NotRunning(spec, fmt::format("off: turn it on by --collector.{0} or "
                                        "collect.collectors.{0}.enabled in hakem.yml",
                                        spec.name));
  }
  return found->unmet_requirement ? NotRunning(spec, *found->unmet_requirement)
                                  : Running(*found, now);
}

}  // namespace

std::string CollectorsJson(const TargetStatus& status, Timestamp now) {
  Json all = Json::array();
  for (const CollectorSpec* spec : collectors::kCollectors) {
    all.push_back(DescribeStatus(*spec, status, now));
  }
  Json databases = Json::array();
  for (const DatabaseVisit& visit : status.databases) {
    databases.push_back({{"name", visit.name}, {"lastError", visit.error}});
  }
  const Json document{{"status", "success"},
                      {"data",
                       {{"up", status.up},
                        {"lastError", status.error},
                        {"costRatio", status.cost_share},
                        {"costBudgetRatio", status.cost_budget},
                        {"databases", std::move(databases)},
                        {"collectors", std::move(all)}}}};
  return document.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace hakem::exporter
