#include "web/prometheus_api/rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

#include "web/prometheus_api/envelope.h"
#include "web/prometheus_api/parameters.h"

namespace hakem::web {
namespace {

using Json = nlohmann::ordered_json;

/// What Go writes for a time that never was.
constexpr std::string_view kNever = "0001-01-01T00:00:00Z";

/// A label that is not UTF-8 must not cost the answer: its bytes become U+FFFD.
std::string Dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

/// A number as Go writes it: whole ones without a point.
Json Number(double value) {
  const bool whole = value == std::floor(value) && std::abs(value) < 1e15;
  return whole ? Json(static_cast<std::int64_t>(value)) : Json(value);
}

/// A sample's value as it stands in an alert: `1e+00`, `2.5e+02`, `NaN`, `+Inf`.
std::string AlertValue(double value) {
  if (std::isnan(value)) {
    return "NaN";
  }
  if (std::isinf(value)) {
    return value > 0 ? "+Inf" : "-Inf";
  }
  std::array<char, 32> text{};
  const auto end =
      std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::scientific);
  return {text.data(), end.ptr};
}

std::string Time(const std::optional<Timestamp>& time) {
  return time ? FormatRfc3339(*time) : std::string(kNever);
}

Json ToJson(const std::map<std::string, std::string>& texts) {
  Json json = Json::object();
  for (const auto& [name, value] : texts) {
    json[name] = value;
  }
  return json;
}

Json ToJson(const Labels& labels) {
  Json json = Json::object();
  for (const LabelView label : labels) {
    json[label.name] = label.value;
  }
  return json;
}

Json ToJson(const rules::ActiveAlert& alert) {
  Json json{{"labels", ToJson(alert.labels)},
            {"annotations", ToJson(alert.annotations)},
            {"state", rules::ToString(alert.state)},
            {"activeAt", FormatRfc3339(alert.active_at)}};
  if (alert.keep_firing_since) {
    json["keepFiringSince"] = FormatRfc3339(*alert.keep_firing_since);
  }
  json["value"] = AlertValue(alert.value);
  return json;
}

Json ToJson(const std::vector<rules::ActiveAlert>& alerts) {
  Json json = Json::array();
  for (const rules::ActiveAlert& alert : alerts) {
    json.push_back(ToJson(alert));
  }
  return json;
}

Json ToJson(const rules::RuleStatus& rule, bool exclude_alerts) {
  const bool evaluated = rule.health != rules::RuleHealth::kUnknown;
  Json json{{"state", evaluated ? rules::ToString(rule.state()) : "unknown"},
            {"name", rule.name},
            {"query", rule.query},
            {"duration", Number(ToSeconds(rule.policy.hold))},
            {"keepFiringFor", Number(ToSeconds(rule.policy.keep_firing_for))},
            {"labels", ToJson(rule.labels)},
            {"annotations", ToJson(rule.annotations)},
            {"alerts", exclude_alerts ? Json(nullptr) : ToJson(rule.alerts)},
            {"health", rules::ToString(rule.health)}};
  if (!rule.last_error.empty()) {
    json["lastError"] = rule.last_error;
  }
  json["evaluationTime"] = Number(rule.evaluation_time.count());
  json["lastEvaluation"] = Time(rule.last_evaluation);
  json["type"] = "alerting";
  return json;
}

/// Which rules a request to /api/v1/rules asks for; an empty list asks for all.
struct RulesFilter {
  bool alerting = true;
  std::vector<std::string> names;
  std::vector<std::string> groups;
  std::vector<std::string> files;
  bool exclude_alerts = false;
};

tl::unexpected<Error> NotSupported(std::string_view name, std::string_view value) {
  return InvalidParameter(name, fmt::format("not supported value \"{}\"", value));
}

Result<RulesFilter> ParseRulesFilter(const Request& request) {
  RulesFilter filter{.names = request.Parameters("rule_name[]"),
                     .groups = request.Parameters("rule_group[]"),
                     .files = request.Parameters("file[]")};
  const std::string type = OneOf(request, "type");
  if (!type.empty() && type != "alert" && type != "record") {
    return NotSupported("type", type);
  }
  filter.alerting = type != "record";
  const std::string exclude = OneOf(request, "exclude_alerts");
  if (!exclude.empty() && exclude != "true" && exclude != "false") {
    return NotSupported("exclude_alerts", exclude);
  }
  filter.exclude_alerts = exclude == "true";
  return filter;
}

bool Asked(const std::vector<std::string>& wanted, const std::string& name) {
  return wanted.empty() || std::find(wanted.begin(), wanted.end(), name) != wanted.end();
}

/// The group with the rules that are asked for; nothing when none is.
std::optional<Json> ToJson(const rules::GroupStatus& group, const RulesFilter& filter) {
  Json rules = Json::array();
  if (Asked(filter.groups, group.name) && Asked(filter.files, group.file) && filter.alerting) {
    for (const rules::RuleStatus& rule : group.rules) {
      if (Asked(filter.names, rule.name)) {
        rules.push_back(ToJson(rule, filter.exclude_alerts));
      }
    }
  }
  if (rules.empty()) {
    return std::nullopt;
  }
  return Json{{"name", group.name},
              {"file", group.file},
              {"rules", std::move(rules)},
              {"interval", Number(ToSeconds(group.interval))},
              {"limit", group.limit},
              {"evaluationTime", Number(group.evaluation_time.count())},
              {"lastEvaluation", Time(group.last_evaluation)}};
}

}  // namespace

Response AlertsResponse(const rules::RulesStatus* status) {
  Json alerts = Json::array();
  if (status != nullptr) {
    for (const rules::GroupStatus& group : status->groups) {
      for (const rules::RuleStatus& rule : group.rules) {
        for (const rules::ActiveAlert& alert : rule.alerts) {
          alerts.push_back(ToJson(alert));
        }
      }
    }
  }
  return ApiSuccess(Dump(Json{{"alerts", std::move(alerts)}}));
}

Response RulesResponse(const rules::RulesStatus* status, const Request& request) {
  const Result<RulesFilter> filter = ParseRulesFilter(request);
  if (!filter) {
    return BadData(filter.error().message);
  }
  Json groups = Json::array();
  if (status != nullptr) {
    for (const rules::GroupStatus& group : status->groups) {
      if (std::optional<Json> json = ToJson(group, *filter)) {
        groups.push_back(*std::move(json));
      }
    }
  }
  return ApiSuccess(Dump(Json{{"groups", std::move(groups)}}));
}

}  // namespace hakem::web
