#include "cli/rules/rule_list.h"

#include <chrono>
#include <nlohmann/json.hpp>
#include <optional>

#include "cli/output/api_json.h"
#include "web/api_v1/request/parameters.h"

namespace hakem::cli {
namespace {

using Json = nlohmann::json;

/// A duration of the API: seconds with a fraction, within a century.
Duration ReadSeconds(const Json& json) {
  constexpr double kMost = 3.2e9;
  const double seconds = json.get<double>();
  return seconds >= 0 && seconds < kMost
             ? std::chrono::round<Duration>(std::chrono::duration<double>(seconds))
             : Duration(0);
}

/// A time of the API; nothing for one that cannot be read, or that was never reached.
std::optional<Timestamp> ReadTime(const Json& json) {
  const auto time = web::ParseApiTime(json.get<std::string>());
  return time && *time > Timestamp{} ? std::optional(*time) : std::nullopt;
}

rules::ActiveAlert ReadAlert(const Json& json) {
  rules::ActiveAlert alert;
  alert.labels = ReadLabels(json.at("labels"));
  alert.annotations = json.at("annotations").get<rules::Annotations>();
  alert.value = ReadNumber(json.at("value"));
  const bool is_firing = json.at("state") == std::string(ToString(rules::AlertState::kFiring));
  alert.state = is_firing ? rules::AlertState::kFiring : rules::AlertState::kPending;
  alert.active_at = ReadTime(json.at("activeAt")).value_or(Timestamp{});
  if (const auto since = json.find("keepFiringSince"); since != json.end()) {
    alert.keep_firing_since = ReadTime(*since);
  }
  return alert;
}

rules::RuleHealth HealthNamed(const std::string& word) {
  for (const rules::RuleHealth health : {rules::RuleHealth::kOk, rules::RuleHealth::kError}) {
    if (word == ToString(health)) {
      return health;
    }
  }
  return rules::RuleHealth::kUnknown;
}

rules::RuleStatus ReadRule(const Json& json) {
  rules::RuleStatus rule;
  const bool is_alert = json.at("type") == "alerting";
  rule.kind = is_alert ? rules::RuleKind::kAlerting : rules::RuleKind::kRecording;
  rule.name = json.at("name").get<std::string>();
  rule.query = json.at("query").get<std::string>();
  rule.health = HealthNamed(json.at("health").get<std::string>());
  rule.last_error = json.value("lastError", "");
  rule.last_evaluation = ReadTime(json.at("lastEvaluation"));
  if (is_alert) {
    rule.policy.hold = ReadSeconds(json.at("duration"));
    rule.policy.keep_firing_for = ReadSeconds(json.value("keepFiringFor", Json(0.0)));
    for (const Json& alert : json.at("alerts")) {
      rule.alerts.push_back(ReadAlert(alert));
    }
  }
  return rule;
}

}  // namespace

Result<std::vector<ListedRule>> ReadRules(std::string_view json) {
  std::vector<ListedRule> rules;
  try {
    const Json answer = Json::parse(json);
    for (const Json& group : answer.at("data").at("groups")) {
      for (const Json& rule : group.at("rules")) {
        rules.push_back({.group = group.at("name").get<std::string>(),
                         .file = group.at("file").get<std::string>(),
                         .rule = ReadRule(rule)});
      }
    }
  } catch (const Json::exception&) {
    return Fail(ErrorCode::kUnavailable, "the answer is not that of /api/v1/rules");
  }
  return rules;
}

}  // namespace hakem::cli
