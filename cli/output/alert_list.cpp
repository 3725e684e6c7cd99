#include "cli/output/alert_list.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "cli/output/api_json.h"
#include "format/number.h"
#include "format/quote.h"
#include "web/api_v1/request/parameters.h"

namespace hakem::cli {
namespace {

using Json = nlohmann::json;
using rules::ActiveAlert;
using rules::AlertState;

constexpr std::string_view kName = "alertname";
constexpr std::size_t kIndent = 9;

std::string FormatLabels(const Labels& labels) {
  std::string text;
  for (const LabelView label : labels) {
    if (label.name != kName) {
      text += fmt::format("{}{}={}", text.empty() ? "" : ", ", label.name, Quote(label.value));
    }
  }
  return text;
}

/// Indents all lines but the first, so that none of them looks like an alert.
std::string Indented(std::string_view text) {
  std::string indented;
  for (const char c : text) {
    indented += c;
    indented.append(c == '\n' ? kIndent : 0, ' ');
  }
  return indented;
}

Result<ActiveAlert> ReadAlert(const Json& json) {
  const auto active_at = web::ParseApiTime(json.at("activeAt").get<std::string>());
  if (!active_at) {
    return Fail(active_at.error());
  }
  const bool is_firing = json.at("state") == std::string(ToString(AlertState::kFiring));
  return ActiveAlert{.labels = ReadLabels(json.at("labels")),
                     .annotations = json.at("annotations").get<rules::Annotations>(),
                     .value = ReadNumber(json.at("value")),
                     .state = is_firing ? AlertState::kFiring : AlertState::kPending,
                     .active_at = *active_at,
                     .fired_at = {},
                     .keep_firing_since = {},
                     .resolved_at = {}};
}

std::string FormatAlert(const ActiveAlert& alert) {
  std::string text =
      fmt::format("{:<8} {:<20} since {}  value {}  {}\n", ToString(alert.state),
                  alert.labels.Get(kName), FormatRfc3339(alert.active_at),
                  FormatNumber(alert.value, NumberForm::kDecimal), FormatLabels(alert.labels));
  const auto summary = alert.annotations.find("summary");
  if (summary != alert.annotations.end() && !summary->second.empty()) {
    text += fmt::format("{:{}}{}\n", "", kIndent, Indented(summary->second));
  }
  return text;
}

}  // namespace

Result<std::vector<ActiveAlert>> ReadAlerts(std::string_view json) {
  const auto no_list = [] {
    return Fail(ErrorCode::kUnavailable, "the answer is not the list of alerts of a Hakem");
  };
  try {
    std::vector<ActiveAlert> alerts;
    const Json document = Json::parse(json);
    for (const Json& each : document.at("data").at("alerts")) {
      Result<ActiveAlert> alert = ReadAlert(each);
      if (!alert) {
        return no_list();
      }
      alerts.push_back(*std::move(alert));
    }
    return alerts;
  } catch (const Json::exception&) {
    return no_list();
  }
}

std::string FormatAlerts(std::vector<ActiveAlert> alerts) {
  if (alerts.empty()) {
    return "no alerts\n";
  }
  std::stable_partition(alerts.begin(), alerts.end(), [](const ActiveAlert& alert) {
    return alert.state == AlertState::kFiring;
  });
  std::string text;
  for (const ActiveAlert& alert : alerts) {
    text += FormatAlert(alert);
  }
  return text;
}

}  // namespace hakem::cli
