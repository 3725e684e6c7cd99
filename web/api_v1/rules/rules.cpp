#include "web/api_v1/rules/rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

#include "format/number.h"
#include "web/api_v1/request/parameters.h"
#include "web/api_v1/rules/rules_filter.h"
#include "web/http/envelope.h"

namespace hakem::web {
namespace {

using Json = nlohmann::ordered_json;

/// How Go prints the zero time.
constexpr std::string_view kNever = "0001-01-01T00:00:00Z";

/// Replaces bytes that are not UTF-8 by U+FFFD instead of failing.
std::string Dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

/// A number as in Go's JSON: whole numbers have no decimal point.
Json Number(double value) {
  const bool whole = value == std::floor(value) && std::abs(value) < 1e15;
  return whole ? Json(static_cast<std::int64_t>(value)) : Json(value);
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
  json["value"] = FormatNumber(alert.value, NumberForm::kScientific);
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
  const bool alerts = rule.kind == rules::RuleKind::kAlerting;
  Json json = Json::object();
  if (alerts) {
    json["state"] = rules::ToString(rule.state());
  }
  json["name"] = rule.name;
  json["query"] = rule.query;
  if (alerts) {
    json["duration"] = Number(ToSeconds(rule.policy.hold));
    json["keepFiringFor"] = Number(ToSeconds(rule.policy.keep_firing_for));
  }
  json["labels"] = ToJson(rule.labels);
  if (alerts) {
    json["annotations"] = ToJson(rule.annotations);
    json["alerts"] = exclude_alerts ? Json(nullptr) : ToJson(rule.alerts);
  }
  json["health"] = rules::ToString(rule.health);
  if (!rule.last_error.empty()) {
    json["lastError"] = rule.last_error;
  }
  json["evaluationTime"] = Number(rule.evaluation_time.count());
  json["lastEvaluation"] = Time(rule.last_evaluation);
  json["type"] = alerts ? "alerting" : "recording";
  return json;
}

Result<bool> ReadExcludeAlerts(const Request& request) {
  const std::string text = OneOf(request, "exclude_alerts");
  if (!text.empty() && text != "true" && text != "false") {
    return InvalidParameter("exclude_alerts", fmt::format("not supported value \"{}\"", text));
  }
  return text == "true";
}

Json ToJson(const rules::GroupStatus& group, const std::vector<const rules::RuleStatus*>& chosen,
            bool exclude_alerts) {
  Json rules = Json::array();
  for (const rules::RuleStatus* rule : chosen) {
    rules.push_back(ToJson(*rule, exclude_alerts));
  }
  return Json{{"name", group.name},
              {"file", group.file},
              {"rules", std::move(rules)},
              {"interval", Number(ToSeconds(group.interval))},
              {"limit", group.limit},
              {"evaluationTime", Number(group.evaluation_time.count())},
              {"lastEvaluation", Time(group.last_evaluation)}};
}

/// The index of the first group of the page. Errors: kInvalidInput: no group has this token.
Result<std::size_t> FirstGroup(const std::vector<rules::GroupStatus>& groups,
                               const std::string& token) {
  if (token.empty()) {
    return std::size_t{0};
  }
  const auto found = std::find_if(
      groups.begin(), groups.end(),
      [&token](const rules::GroupStatus& group) { return GroupToken(group) == token; });
  if (found == groups.end()) {
    return InvalidParameter(
        "group_next_token",
        fmt::format("invalid group_next_token '{}'. were rule groups changed?", token));
  }
  return static_cast<std::size_t>(found - groups.begin());
}

/// Lists the groups of the page that have a selected rule, and the token of the next group.
Result<Json> GroupsJson(const std::vector<rules::GroupStatus>& groups, const RulesFilter& filter,
                        const RulesPage& page, bool exclude_alerts) {
  const Result<std::size_t> first = FirstGroup(groups, page.first);
  if (!first) {
    return Fail(first.error());
  }
  Json shown = Json::array();
  for (std::size_t i = *first; i < groups.size(); ++i) {
    const std::vector<const rules::RuleStatus*> chosen = filter.Choose(groups[i]);
    if (chosen.empty()) {
      continue;
    }
    if (shown.size() == page.group_limit) {
      return Json{{"groups", std::move(shown)}, {"groupNextToken", GroupToken(groups[i])}};
    }
    shown.push_back(ToJson(groups[i], chosen, exclude_alerts));
  }
  return Json{{"groups", std::move(shown)}};
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
  const Result<RulesFilter> filter = RulesFilter::Parse(request);
  if (!filter) {
    return BadData(filter.error().message);
  }
  const Result<bool> exclude_alerts = ReadExcludeAlerts(request);
  if (!exclude_alerts) {
    return BadData(exclude_alerts.error().message);
  }
  const Result<RulesPage> page = RulesPage::Parse(request);
  if (!page) {
    return BadData(page.error().message);
  }
  static const std::vector<rules::GroupStatus> none;
  const Result<Json> json =
      GroupsJson(status != nullptr ? status->groups : none, *filter, *page, *exclude_alerts);
  return json ? ApiSuccess(Dump(*json)) : BadData(json.error().message);
}

}  // namespace hakem::web
