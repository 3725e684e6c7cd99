#include "exporter/scrape/collectors_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "format/json_writer.h"

namespace hakem::exporter {
namespace {

using collectors::CollectorSpec;

void WriteNotRunning(JsonWriter& json, std::string_view reason) {
  json.Member("planned", false);
  json.Member("reason", reason);
}

void WriteRunning(JsonWriter& json, const CollectorStatus& status, Timestamp now) {
  std::optional<std::string> success;
  std::optional<double> age;
  if (status.last_success) {
    success = FormatRfc3339(*status.last_success);
    age = ToSeconds(now - *status.last_success);
  }
  json.Member("planned", true);
  json.Member("intervalSeconds", status.interval_seconds);
  json.Member("slowed", status.rate_divisor > 1);
  json.Member("circuitOpen", status.circuit_open);
  json.Member("success", status.success);
  json.Member("lastError", status.error);
  json.Member("lastSuccess", success);
  json.Member("ageSeconds", age);
  json.Member("durationSeconds", status.duration_seconds);
  json.Member("dbSecondsTotal", status.db_seconds_total);
  json.Member("costRatio", status.cost_share);
  json.Member("databases", status.databases);
  json.Member("series", status.series);
  json.Member("overflow", status.overflow_rows);
}

/// Writes whether the collector runs, and how or why not.
void WriteStatus(JsonWriter& json, const CollectorSpec& spec, const TargetStatus& status,
                 Timestamp now) {
  const auto found = std::find_if(status.collectors.begin(), status.collectors.end(),
                                  [&](const CollectorStatus& each) { return each.spec == &spec; });
  if (found == status.collectors.end()) {
    WriteNotRunning(json, fmt::format("off: turn it on by --collector.{0} or "
                                      "collect.collectors.{0}.enabled in hakem.yml",
                                      spec.name));
  } else if (found->unmet_requirement) {
    WriteNotRunning(json, *found->unmet_requirement);
  } else {
    WriteRunning(json, *found, now);
  }
}

void WriteCollector(JsonWriter& json, const CollectorSpec& spec, const TargetStatus& status,
                    Timestamp now) {
  json.Object([&] {
    json.Member("name", spec.name);
    json.Member("help", spec.help);
    json.Member("lane", ToString(spec.lane));
    json.Member("scope", spec.scope == collectors::Scope::kCluster ? "server" : "each database");
    WriteStatus(json, spec, status, now);
  });
}

void WriteTarget(JsonWriter& json, const TargetStatus& status, Timestamp now) {
  json.Object([&] {
    json.Member("up", status.up);
    json.Member("lastError", status.error);
    json.Member("costRatio", status.cost_share);
    json.Member("costBudgetRatio", status.cost_budget);
    json.Key("databases").Array(status.databases, [&](const DatabaseVisit& visit) {
      json.Object([&] {
        json.Member("name", visit.name);
        json.Member("lastError", visit.error);
      });
    });
    json.Key("collectors").Array(collectors::kCollectors, [&](const CollectorSpec* spec) {
      WriteCollector(json, *spec, status, now);
    });
  });
}

}  // namespace

std::string CollectorsJson(const TargetStatus& status, Timestamp now) {
  std::string text;
  JsonWriter json(text, JsonWriter::Layout::kOneLine, NumberForm::kFraction);
  json.Object([&] {
    json.Member("status", "success");
    json.Key("data");
    WriteTarget(json, status, now);
  });
  return text;
}

}  // namespace hakem::exporter
