#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "format/counted.h"
#include "format/json_writer.h"
#include "format/number.h"
#include "model/duration.h"
#include "ruletools/backtest/backtest.h"

namespace hakem::ruletools {
namespace {

constexpr std::size_t kShown = 20;

std::size_t CountFired(const BacktestResult& result) {
  return std::accumulate(
      result.rules.begin(), result.rules.end(), std::size_t{0},
      [](std::size_t sum, const BacktestedRule& rule) { return sum + rule.fired.size(); });
}

std::string FormatFired(const FiredAlert& alert, Timestamp end) {
  const std::string time = FormatDuration(FiringTime(alert, end));
  return fmt::format("    {}  {}{}  value {}  {}\n", FormatRfc3339(alert.fired_at),
                     alert.resolved_at ? "" : "still firing after ", time,
                     FormatNumber(alert.value, NumberForm::kGeneral), FormatSeries(alert.labels));
}

std::string FormatRule(const BacktestedRule& rule, Timestamp end) {
  std::string text;
  if (!rule.fired.empty()) {
    Duration total{0};
    Duration longest{0};
    for (const FiredAlert& alert : rule.fired) {
      total += FiringTime(alert, end);
      longest = std::max(longest, FiringTime(alert, end));
    }
    text += fmt::format("  {} (group \"{}\") fires {}, {} in all, {} at most\n", rule.name,
                        rule.group, Counted(rule.fired.size(), "time"), FormatDuration(total),
                        FormatDuration(longest));
    for (std::size_t i = 0; i < std::min(rule.fired.size(), kShown); ++i) {
      text += FormatFired(rule.fired[i], end);
    }
    text += rule.fired.size() > kShown
                ? fmt::format("    … {} more; --format json has all\n", rule.fired.size() - kShown)
                : "";
  }
  if (rule.failures > 0) {
    text += fmt::format("  {} (group \"{}\") fails in {}: {}\n", rule.name, rule.group,
                        Counted(rule.failures, "evaluation"), rule.last_error);
  }
  return text;
}

void WriteFired(JsonWriter& json, const FiredAlert& alert, Timestamp end) {
  json.Object([&] {
    json.Key("labels").Object([&] {
      for (const LabelView label : alert.labels) {
        json.Member(label.name, label.value);
      }
    });
    json.Member("fired_at", FormatRfc3339(alert.fired_at));
    json.Member("resolved_at", alert.resolved_at ? std::optional(FormatRfc3339(*alert.resolved_at))
                                                 : std::nullopt);
    json.Member("seconds", ToSeconds(FiringTime(alert, end)));
    json.Member("value", alert.value);
  });
}

}  // namespace

std::string FormatBacktest(const BacktestResult& result) {
  std::string text = fmt::format(
      "from {} to {}: {}, {}, {} for each receiver\n", FormatRfc3339(result.from),
      FormatRfc3339(result.to), Counted(result.evaluations, "evaluation"),
      Counted(CountFired(result), "alert"), Counted(result.notifications, "notification"));
  for (const BacktestedRule& rule : result.rules) {
    text += FormatRule(rule, result.to);
  }
  return text;
}

std::string BacktestJson(const BacktestResult& result) {
  std::string text;
  JsonWriter json(text, JsonWriter::Layout::kIndented);
  json.Object([&] {
    json.Member("from", FormatRfc3339(result.from));
    json.Member("to", FormatRfc3339(result.to));
    json.Member("evaluations", result.evaluations);
    json.Member("notifications", result.notifications);
    json.Key("rules").Array(result.rules, [&](const BacktestedRule& rule) {
      json.Object([&] {
        json.Member("group", rule.group);
        json.Member("name", rule.name);
        json.Member("type", rule.is_alert ? "alerting" : "recording");
        json.Member("failures", rule.failures);
        json.Member("last_error", rule.last_error);
        json.Key("fired").Array(
            rule.fired, [&](const FiredAlert& alert) { WriteFired(json, alert, result.to); });
      });
    });
  });
  return text;
}

}  // namespace hakem::ruletools
