#include "cli/output/collector_list.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace hakem::cli {
namespace {

using Json = nlohmann::json;

std::string State(const Json& collector) {
  if (!collector.at("planned").get<bool>()) {
    return "out";
  }
  if (collector.at("circuitOpen").get<bool>()) {
    return "failing";
  }
  if (!collector.at("success").get<bool>()) {
    return collector.at("lastError").get<std::string>().empty() ? "waiting" : "failed";
  }
  return collector.at("slowed").get<bool>() ? "slowed" : "in";
}

std::string FormatPlanned(const Json& collector) {
  const Json& age = collector.at("ageSeconds");
  std::string text = fmt::format(
      "{:<26} {:<8} {:<5} {:>6.0f} s {:>8} {:>9.1f} ms {:>8.3f} % {:>7}\n",
      collector.at("name").get<std::string>(), State(collector),
      collector.at("lane").get<std::string>(), collector.at("intervalSeconds").get<double>(),
      age.is_null() ? "never" : fmt::format("{:.0f} s", age.get<double>()),
      collector.at("durationSeconds").get<double>() * 1000,
      collector.at("costRatio").get<double>() * 100, collector.at("series").get<std::size_t>());
  if (const std::string error = collector.at("lastError"); !error.empty()) {
    text += fmt::format("  last error: {}\n", error);
  }
  if (const auto overflow = collector.at("overflow").get<std::size_t>(); overflow > 0) {
    text += fmt::format("  {} series beyond its limit are summed as \"other\"\n", overflow);
  }
  return text;
}

std::string Format(const Json& data) {
  std::string text =
      fmt::format("{:<26} {:<8} {:<5} {:>8} {:>8} {:>12} {:>10} {:>7}\n", "COLLECTOR", "STATE",
                  "LANE", "EVERY", "AGE", "TOOK", "OF A CORE", "SERIES");
  for (const Json& collector : data.at("collectors")) {
    text += collector.at("planned").get<bool>()
                ? FormatPlanned(collector)
                : fmt::format("{:<26} {:<8} {:<5} {}\n", collector.at("name").get<std::string>(),
                              State(collector), collector.at("lane").get<std::string>(),
                              collector.at("reason").get<std::string>());
  }
  for (const Json& database : data.at("databases")) {
    if (const std::string error = database.at("lastError"); !error.empty()) {
      text += fmt::format("database {} is not visited: {}\n",
                          database.at("name").get<std::string>(), error);
    }
  }
  const double budget = data.at("costBudgetRatio");
  text += fmt::format("all collectors use {:.3f} % of one core of the database server, ",
                      data.at("costRatio").get<double>() * 100);
  text += budget > 0 ? fmt::format("of {:.3g} % that they may use\n", budget * 100)
                     : std::string("without a limit\n");
  if (const std::string error = data.at("lastError"); !error.empty()) {
    text += fmt::format("the last collection failed: {}\n", error);
  }
  return text;
}

}  // namespace

Result<std::string> FormatCollectors(std::string_view json) {
  try {
    return Format(Json::parse(json).at("data"));
  } catch (const Json::exception&) {
    return Fail(ErrorCode::kUnavailable, "the answer is not the list of collectors of a Hakem");
  }
}

}  // namespace hakem::cli
