#include "web/api_v1/rules/rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "format/json_writer.h"
#include "format/number.h"
#include "format/quote.h"
#include "web/api_v1/json/text.h"
#include "web/api_v1/request/parameters.h"
#include "web/api_v1/rules/rules_filter.h"
#include "web/http/envelope.h"

namespace hakem::web {
namespace {

/// How Go prints the zero time.
constexpr std::string_view kNever = "0001-01-01T00:00:00Z";

std::string Time(const std::optional<Timestamp>& time) {
  return time ? FormatRfc3339(*time) : std::string(kNever);
}

void WriteTexts(JsonWriter& json, std::string_view key,
                const std::map<std::string, std::string>& texts) {
  json.Key(key).Object([&] {
    for (const auto& [name, text] : texts) {
      json.Member(name, text);
    }
  });
}

void WriteAlert(JsonWriter& json, const rules::ActiveAlert& alert) {
  json.Object([&] {
    AppendJsonLabels(json.Key("labels").Raw(), alert.labels);
    WriteTexts(json, "annotations", alert.annotations);
    json.Member("state", rules::ToString(alert.state));
    json.Member("activeAt", FormatRfc3339(alert.active_at));
    if (alert.keep_firing_since) {
      json.Member("keepFiringSince", FormatRfc3339(*alert.keep_firing_since));
    }
    json.Member("value", FormatNumber(alert.value, NumberForm::kScientific));
  });
}

void WriteAlerts(JsonWriter& json, const rules::RuleStatus& rule, bool exclude_alerts) {
  json.Key("alerts");
  if (exclude_alerts) {
    json.Value(nullptr);
  } else {
    json.Array(rule.alerts, [&](const rules::ActiveAlert& alert) { WriteAlert(json, alert); });
  }
}

void WriteEvaluations(JsonWriter& json, const rules::RuleStatus& rule) {
  const auto list =
      rule.evaluations != nullptr ? rule.evaluations->List() : std::vector<rules::RuleEvaluation>();
  json.Key("evaluations").Array(list, [&](const rules::RuleEvaluation& evaluation) {
    json.Object([&] {
      json.Member("time", FormatRfc3339(evaluation.time));
      json.Member("duration", evaluation.duration.count());
      json.Member("seriesRead", evaluation.series_read);
      json.Member("seriesReturned", evaluation.series_returned);
      if (!evaluation.error.empty()) {
        json.Member("error", evaluation.error);
      }
    });
  });
}

/// What a request asks for besides the choice of rules.
struct Details {
  bool excludes_alerts = false;
  bool has_evaluations = false;  ///< Hakem's own: the last evaluations, and the offset of queries.
};

void WriteRule(JsonWriter& json, const rules::RuleStatus& rule, const Details& details) {
  const bool is_alerting = rule.kind == rules::RuleKind::kAlerting;
  json.Object([&] {
    if (is_alerting) {
      json.Member("state", rules::ToString(rule.state()));
    }
    json.Member("name", rule.name);
    json.Member("query", rule.query);
    if (is_alerting) {
      json.Member("duration", ToSeconds(rule.policy.hold));
      json.Member("keepFiringFor", ToSeconds(rule.policy.keep_firing_for));
    }
    if (is_alerting || !rule.labels.empty()) {
      WriteTexts(json, "labels", rule.labels);
    }
    if (is_alerting) {
      WriteTexts(json, "annotations", rule.annotations);
      WriteAlerts(json, rule, details.excludes_alerts);
    }
    json.Member("health", rules::ToString(rule.health));
    if (!rule.last_error.empty()) {
      json.Member("lastError", rule.last_error);
    }
    json.Member("evaluationTime", rule.evaluation_time.count());
    json.Member("lastEvaluation", Time(rule.last_evaluation));
    json.Member("type", is_alerting ? "alerting" : "recording");
    if (details.has_evaluations) {
      WriteEvaluations(json, rule);
    }
  });
}

/// Reads a boolean as Go's strconv.ParseBool does.
Result<bool> ReadSwitch(const Request& request, std::string_view name) {
  constexpr std::array<std::string_view, 6> kTrue{"1", "t", "T", "TRUE", "true", "True"};
  constexpr std::array<std::string_view, 7> kFalse{"", "0", "f", "F", "FALSE", "false", "False"};
  const std::string text = OneOf(request, name);
  const bool is_true = std::find(kTrue.begin(), kTrue.end(), text) != kTrue.end();
  if (!is_true && std::find(kFalse.begin(), kFalse.end(), text) == kFalse.end()) {
    return InvalidParameter(
        name, fmt::format("error converting {}: strconv.ParseBool: parsing {}: invalid syntax",
                          name, Quote(text)));
  }
  return is_true;
}

Result<Details> ReadDetails(const Request& request) {
  const Result<bool> excludes_alerts = ReadSwitch(request, "exclude_alerts");
  if (!excludes_alerts) {
    return Fail(excludes_alerts.error());
  }
  const Result<bool> has_evaluations = ReadSwitch(request, "evaluations");
  if (!has_evaluations) {
    return Fail(has_evaluations.error());
  }
  return Details{.excludes_alerts = *excludes_alerts, .has_evaluations = *has_evaluations};
}

/// A group and those of its rules that are listed.
struct ListedGroup {
  const rules::GroupStatus& group;
  std::vector<const rules::RuleStatus*> rules;
};

void WriteGroup(JsonWriter& json, const ListedGroup& listed, const Details& details) {
  const rules::GroupStatus& group = listed.group;
  json.Object([&] {
    json.Member("name", group.name);
    json.Member("file", group.file);
    json.Key("rules").Array(
        listed.rules, [&](const rules::RuleStatus* rule) { WriteRule(json, *rule, details); });
    json.Member("interval", ToSeconds(group.interval));
    json.Member("limit", group.limit);
    if (details.has_evaluations) {
      json.Member("queryOffset", ToSeconds(group.query_offset));
    }
    json.Member("evaluationTime", group.evaluation_time.count());
    json.Member("lastEvaluation", Time(group.last_evaluation));
  });
}

/// The groups in the order of Prometheus' API: by file, then by name.
std::vector<const rules::GroupStatus*> Sorted(const rules::GroupStatuses& groups) {
  std::vector<const rules::GroupStatus*> sorted;
  for (const auto& group : groups) {
    sorted.push_back(group.get());
  }
  std::sort(sorted.begin(), sorted.end(),
            [](const rules::GroupStatus* one, const rules::GroupStatus* other) {
              return std::tie(one->file, one->name) < std::tie(other->file, other->name);
            });
  return sorted;
}

/// The index of the first group of the page. Errors: kInvalidInput: no group has this token.
Result<std::size_t> FirstGroup(const std::vector<const rules::GroupStatus*>& groups,
                               const std::string& token) {
  if (token.empty()) {
    return std::size_t{0};
  }
  const auto found = std::find_if(
      groups.begin(), groups.end(),
      [&token](const rules::GroupStatus* group) { return GroupToken(*group) == token; });
  if (found == groups.end()) {
    return InvalidParameter(
        "group_next_token",
        fmt::format("invalid group_next_token '{}'. were rule groups changed?", token));
  }
  return static_cast<std::size_t>(found - groups.begin());
}

struct Listing {
  std::vector<ListedGroup> groups;
  std::optional<std::string> next_token;  ///< Empty if no other group follows.
};

/// Lists the groups of the page that have a selected rule, and the token of the next group.
Result<Listing> ListGroups(const rules::GroupStatuses& unsorted, const RulesFilter& filter,
                           const RulesPage& page) {
  const std::vector<const rules::GroupStatus*> groups = Sorted(unsorted);
  const Result<std::size_t> first = FirstGroup(groups, page.first);
  if (!first) {
    return Fail(first.error());
  }
  Listing listing;
  for (std::size_t i = *first; i < groups.size(); ++i) {
    std::vector<const rules::RuleStatus*> chosen = filter.Choose(*groups[i]);
    if (chosen.empty()) {
      continue;
    }
    if (listing.groups.size() == page.group_limit) {
      listing.next_token = GroupToken(*groups[i]);
      break;
    }
    listing.groups.push_back({*groups[i], std::move(chosen)});
  }
  return listing;
}

constexpr Endpoint kEndpoints[] = {
    {.path = "/api/v1/rules",
     .kind = Kind::kApi,
     .execution = Execution::kInTurn,
     .answer =
         [](const Call& call) {
           return RulesResponse(call.context.rules.Get().get(), call.request);
         }},
    {.path = "/api/v1/alerts",
     .kind = Kind::kApi,
     .execution = Execution::kInTurn,
     .answer = [](const Call& call) { return AlertsResponse(call.context.rules.Get().get()); }},
};

}  // namespace

const EndpointTable kRuleEndpoints = kEndpoints;

Response AlertsResponse(const rules::RulesStatus* status) {
  return ApiObject([&](JsonWriter& json) {
    json.Key("alerts").Array([&] {
      if (status == nullptr) {
        return;
      }
      for (const auto& group : status->groups) {
        for (const rules::RuleStatus& rule : group->rules) {
          for (const rules::ActiveAlert& alert : rule.alerts) {
            WriteAlert(json, alert);
          }
        }
      }
    });
  });
}

Response RulesResponse(const rules::RulesStatus* status, const Request& request) {
  const Result<RulesFilter> filter = RulesFilter::Parse(request);
  if (!filter) {
    return BadData(filter.error().message);
  }
  const Result<Details> details = ReadDetails(request);
  if (!details) {
    return BadData(details.error().message);
  }
  const Result<RulesPage> page = RulesPage::Parse(request);
  if (!page) {
    return BadData(page.error().message);
  }
  static const rules::GroupStatuses none;
  const Result<Listing> listing =
      ListGroups(status != nullptr ? status->groups : none, *filter, *page);
  if (!listing) {
    return BadData(listing.error().message);
  }
  return ApiObject([&](JsonWriter& json) {
    json.Key("groups").Array(listing->groups,
                             [&](const ListedGroup& group) { WriteGroup(json, group, *details); });
    if (listing->next_token) {
      json.Member("groupNextToken", *listing->next_token);
    }
  });
}

}  // namespace hakem::web
