#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <string_view>

#include "format/json_writer.h"
#include "format/number.h"
#include "model/duration.h"
#include "ruletools/explain/explanation.h"

namespace hakem::ruletools {
namespace {

using rules::ActiveAlert;
using rules::AlertState;
using rules::RuleStatus;

/// A duration in seconds, rounded so that people can read it: `0.4s`, `12s`, `3h20m`.
std::string Age(double seconds) {
  if (!std::isfinite(seconds) || std::abs(seconds) > 1e10) {
    return FormatNumber(seconds, NumberForm::kGeneral) + "s";
  }
  if (std::abs(seconds) < 10) {
    return fmt::format("{:.1f}s", seconds);
  }
  return fmt::format("{}{}", seconds < 0 ? "-" : "",
                     FormatDuration(std::chrono::seconds(std::llround(std::abs(seconds)))));
}

std::string Number(double value) {
  return FormatNumber(value, NumberForm::kGeneral);
}

/// How long a pending alert still has to wait before it fires; 0 if it fires at the next
/// evaluation.
Duration TimeLeft(const RuleStatus& rule, const ActiveAlert& alert, Timestamp now) {
  return std::max(Duration(0), alert.active_at + rule.policy.hold - now);
}

std::string FormatAlert(const RuleStatus& rule, const ActiveAlert& alert, Timestamp now) {
  std::string text =
      fmt::format("  {} {} since {}, value {}", FormatSeries(alert.labels), ToString(alert.state),
                  FormatRfc3339(alert.active_at), Number(alert.value));
  if (alert.state == AlertState::kPending) {
    text += fmt::format(", fires in {}", Age(ToSeconds(TimeLeft(rule, alert, now))));
  }
  if (alert.keep_firing_since) {
    const Duration left = *alert.keep_firing_since + rule.policy.keep_firing_for - now;
    text += fmt::format(", is kept firing for another {}", Age(ToSeconds(left)));
  }
  return text + "\n";
}

std::string FormatRule(const RuleStatus& rule, const std::string& where, Timestamp now) {
  const bool is_alert = rule.kind == rules::RuleKind::kAlerting;
  std::string text = fmt::format("{} {} ({})\n  {}\n", is_alert ? "alert" : "recording rule",
                                 rule.name, where, rule.query);
  text += fmt::format("  health: {}", ToString(rule.health));
  text += rule.last_error.empty() ? "" : fmt::format(": {}", rule.last_error);
  if (rule.last_evaluation) {
    text += fmt::format("; evaluated {} ago", Age(ToSeconds(now - *rule.last_evaluation)));
  }
  text += "\n";
  if (!is_alert) {
    return text;
  }
  text += fmt::format("  for: {}", FormatDuration(rule.policy.hold));
  text += rule.policy.keep_firing_for > Duration(0)
              ? fmt::format(", keep_firing_for: {}", FormatDuration(rule.policy.keep_firing_for))
              : "";
  text += fmt::format("\n\nalerts:{}\n", rule.alerts.empty() ? " none" : "");
  for (const ActiveAlert& alert : rule.alerts) {
    text += FormatAlert(rule, alert, now);
  }
  return text;
}

std::string FormatSelector(const SelectorFinding& finding) {
  if (!finding.error.empty()) {
    return fmt::format("  {}: {}\n", finding.selector, finding.error);
  }
  if (finding.series == 0) {
    return fmt::format("  {}: no series; {}\n", finding.selector,
                       finding.vanished_age
                           ? fmt::format("the last sample is {} old", Age(*finding.vanished_age))
                           : "none within a day");
  }
  std::string ages = Age(finding.newest_age.value_or(0));
  if (finding.oldest_age && *finding.oldest_age - finding.newest_age.value_or(0) >= 1) {
    ages += fmt::format(" to {}", Age(*finding.oldest_age));
  }
  return fmt::format("  {}: {} series, last samples {} old\n", finding.selector, finding.series,
                     ages);
}

std::string FormatAlone(std::string_view side, const std::vector<Labels>& labels,
                        std::size_t count) {
  if (count == 0) {
    return "";
  }
  std::string text = fmt::format("    {} on the {} without a partner:", count, side);
  for (const Labels& each : labels) {
    text += " " + FormatSeries(each);
  }
  return text + (labels.size() < count ? " …\n" : "\n");
}

std::string FormatJoin(const JoinFinding& join) {
  if (!join.error.empty()) {
    return fmt::format("  {}: {}\n", join.expr, join.error);
  }
  return fmt::format("  {}: {} on the left, {} on the right, {} in the result\n", join.expr,
                     join.left, join.right, join.result) +
         FormatAlone("left", join.left_alone, join.left_alone_count) +
         FormatAlone("right", join.right_alone, join.right_alone_count);
}

std::string FormatDistance(const DistanceFinding& finding) {
  std::string text = fmt::format("  {}: {}\n", finding.comparison,
                                 !finding.error.empty() ? finding.error
                                 : finding.count == 0   ? "nothing to compare"
                                                        : "value minus limit");
  for (const DistanceFinding::Element& element : finding.nearest) {
    text += fmt::format("    {:>12}  {}\n", Number(element.distance), FormatSeries(element.labels));
  }
  if (finding.nearest.size() < finding.count) {
    text += fmt::format("    … {} more\n", finding.count - finding.nearest.size());
  }
  return text;
}

/// A heading and a text for each finding; "" if there are none.
template <typename Findings, typename Format>
std::string Section(std::string_view heading, const Findings& findings, const Format& format) {
  std::string text = findings.empty() ? "" : fmt::format("\n{}\n", heading);
  for (const auto& finding : findings) {
    text += format(finding);
  }
  return text;
}

void WriteAlerts(JsonWriter& json, const RuleStatus& rule, Timestamp now) {
  json.Key("alerts").Array(rule.alerts, [&](const ActiveAlert& alert) {
    json.Object([&] {
      json.Member("labels", FormatSeries(alert.labels));
      json.Member("state", ToString(alert.state));
      json.Member("active_at", FormatRfc3339(alert.active_at));
      json.Member("value", alert.value);
      if (alert.state == AlertState::kPending) {
        json.Member("fires_in_seconds", ToSeconds(TimeLeft(rule, alert, now)));
      }
    });
  });
}

void WriteLabels(JsonWriter& json, std::string_view key, const std::vector<Labels>& list) {
  json.Key(key).Array(list, [&](const Labels& labels) { json.Value(FormatSeries(labels)); });
}

void WriteFindings(JsonWriter& json, const Explanation& explanation) {
  json.Key("selectors").Array(explanation.selectors, [&](const SelectorFinding& finding) {
    json.Object([&] {
      json.Member("selector", finding.selector);
      json.Member("series", finding.series);
      json.Member("newest_age_seconds", finding.newest_age);
      json.Member("oldest_age_seconds", finding.oldest_age);
      json.Member("vanished_age_seconds", finding.vanished_age);
      json.Member("error", finding.error);
    });
  });
  json.Key("joins").Array(explanation.joins, [&](const JoinFinding& join) {
    json.Object([&] {
      json.Member("expr", join.expr);
      json.Member("left", join.left);
      json.Member("right", join.right);
      json.Member("result", join.result);
      json.Member("left_alone_count", join.left_alone_count);
      WriteLabels(json, "left_alone", join.left_alone);
      json.Member("right_alone_count", join.right_alone_count);
      WriteLabels(json, "right_alone", join.right_alone);
      json.Member("error", join.error);
    });
  });
  json.Key("distances").Array(explanation.distances, [&](const DistanceFinding& finding) {
    json.Object([&] {
      json.Member("comparison", finding.comparison);
      json.Member("count", finding.count);
      json.Key("nearest").Array(finding.nearest, [&](const DistanceFinding::Element& element) {
        json.Object([&] {
          json.Member("labels", FormatSeries(element.labels));
          json.Member("distance", element.distance);
        });
      });
      json.Member("error", finding.error);
    });
  });
}

}  // namespace

std::string FormatExplanation(const RuleStatus& rule, const std::string& where,
                              const Explanation& explanation, Timestamp now) {
  return FormatRule(rule, where, now) +
         Section("selectors:", explanation.selectors, FormatSelector) +
         Section("joins:", explanation.joins, FormatJoin) +
         Section("distance to the limit:", explanation.distances, FormatDistance);
}

std::string ExplanationJson(const RuleStatus& rule, const std::string& where,
                            const Explanation& explanation, Timestamp now) {
  std::string text;
  JsonWriter json(text, JsonWriter::Layout::kIndented);
  json.Object([&] {
    json.Member("rule", rule.name);
    json.Member("where", where);
    json.Member("query", rule.query);
    json.Member("state", ToString(rule.state()));
    json.Member("health", ToString(rule.health));
    json.Member("last_error", rule.last_error);
    WriteAlerts(json, rule, now);
    WriteFindings(json, explanation);
  });
  return text;
}

}  // namespace hakem::ruletools
