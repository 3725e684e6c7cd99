#include "cli/output/alert_list.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace hakem::exporter {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kIndent = 9;

std::string FormatLabels(const Json& labels) {
  std::string text;
  for (const auto& [name, value] : labels.items()) {
    if (name != "alertname") {
      text += fmt::format("{}{}={}", text.empty() ? "" : ", ", name, value.dump());
    }
  }
  return text;
}

/// The text with what follows its first line indented, so that no line of it looks like an alert.
std::string Indented(std::string_view text) {
  std::string indented;
  for (const char c : text) {
    indented += c;
    indented.append(c == '\n' ? kIndent : 0, ' ');
  }
  return indented;
}

ListedAlert ReadAlert(const Json& alert) {
  const Json& labels = alert.at("labels");
  return {.state = alert.at("state"),
          .name = labels.at("alertname"),
          .labels = FormatLabels(labels),
          .summary = alert.at("annotations").value("summary", ""),
          .active_since = alert.at("activeAt"),
          .value = alert.at("value")};
}

}  // namespace

Result<std::vector<ListedAlert>> ReadAlerts(std::string_view json) {
  try {
    std::vector<ListedAlert> alerts;
    const Json document = Json::parse(json);
    for (const Json& alert : document.at("data").at("alerts")) {
      alerts.push_back(ReadAlert(alert));
    }
    return alerts;
  } catch (const Json::exception&) {
    return Fail(ErrorCode::kUnavailable, "the answer is not the list of alerts of a Hakem");
  }
}

std::string FormatAlerts(std::vector<ListedAlert> alerts) {
  if (alerts.empty()) {
    return "no alerts\n";
  }
  std::stable_partition(alerts.begin(), alerts.end(),
                        [](const ListedAlert& alert) { return alert.state == "firing"; });
  std::string text;
  for (const ListedAlert& alert : alerts) {
    text += fmt::format("{:<8} {:<20} since {}  value {}  {}\n", alert.state, alert.name,
                        alert.active_since, alert.value, alert.labels);
    if (!alert.summary.empty()) {
      text += fmt::format("{:{}}{}\n", "", kIndent, Indented(alert.summary));
    }
  }
  return text;
}

}  // namespace hakem::exporter
