#include "ruletools/backtest/backtest.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <utility>
#include <variant>

#include "alertmanager/delivery_queue.h"
#include "model/alert.h"
#include "model/clock.h"
#include "rules/evaluation/alert_series.h"
#include "rules/group.h"
#include "ruletools/history/overlay.h"
#include "ruletools/history/quiet_instruments.h"
#include "tsdb/store/store.h"

namespace hakem::ruletools {
namespace {

constexpr Timestamp kEarliest = std::chrono::sys_days(std::chrono::year(1) / 1 / 1);
constexpr Timestamp kLatest = std::chrono::sys_days(std::chrono::year(9999) / 1 / 1);

/// The series that the rules write, and so those of the data that do not count.
std::set<std::string, std::less<>> WrittenNames(std::span<const rules::RuleGroup> groups) {
  std::set<std::string, std::less<>> names{std::string(rules::kAlertsSeries),
                                           std::string(rules::kAlertsForStateSeries)};
  for (const rules::RuleGroup& group : groups) {
    for (const rules::Rule& rule : group.rules) {
      if (std::holds_alternative<rules::RecordingRule>(rule)) {
        names.insert(rules::NameOf(rule));
      }
    }
  }
  return names;
}

std::size_t CountEvaluations(std::span<const rules::RuleGroup> groups,
                             const BacktestOptions& options) {
  std::size_t count = 0;
  for (const rules::RuleGroup& group : groups) {
    const Duration interval = group.interval.value_or(options.interval);
    count += static_cast<std::size_t>((options.to - options.from) / interval) + 1;
  }
  return count;
}

/// Counts the messages of one receiver that takes each at once.
class MessageCounter {
 public:
  void Receive(std::span<const Alert> alerts) {
    const SteadyTime time{std::chrono::seconds(++calls_)};  // Only the order counts.
    queue_.Add(alerts, time);
    while (const auto due = queue_.Next(time)) {
      queue_.Delivered(due->message);
      ++count_;
    }
  }

  std::size_t count() const { return count_; }

 private:
  alertmanager::DeliveryQueue queue_;
  std::size_t count_ = 0;
  std::int64_t calls_ = 0;
};

class BacktestRun {
 public:
  BacktestRun(std::vector<rules::RuleGroup> definitions, const tsdb::Queryable& data,
              const BacktestOptions& options)
      : options_(options),
        written_({.retention = std::chrono::years(200),
                  .max_bytes = std::numeric_limits<std::uint64_t>::max()}),
        samples_(data, written_, WrittenNames(definitions)),
        result_{.from = options.from, .to = options.to} {
    for (rules::RuleGroup& definition : definitions) {
      AddGroup(std::move(definition));
    }
  }

  BacktestResult Run() {
    for (Entry* next = Earliest(); next != nullptr; next = Earliest()) {
      Evaluate(*next);
      next->due += next->group->interval();
    }
    result_.notifications = messages_.count();
    return std::move(result_);
  }

 private:
  struct Entry {
    std::unique_ptr<rules::Group> group;
    std::size_t first_rule;  ///< Its first rule in the result.
    Timestamp due;
  };

  void AddGroup(rules::RuleGroup definition) {
    const std::size_t first = result_.rules.size();
    for (const rules::Rule& rule : definition.rules) {
      result_.rules.push_back({.group = definition.name,
                               .name = rules::NameOf(rule),
                               .is_alert = std::holds_alternative<rules::AlertRule>(rule)});
    }
    const Duration interval = definition.interval.value_or(options_.interval);
    entries_.push_back(
        {std::make_unique<rules::Group>(std::move(definition), interval,
                                        rules::Group::Deps{.clock = SystemClock(),
                                                           .instruments = instruments_,
                                                           .log = Log::Silent().For("rules"),
                                                           .history = &written_,
                                                           .external_url = options_.external_url}),
         first, options_.from});
  }

  /// The first of the groups that are due next; null at the end.
  Entry* Earliest() {
    const auto next =
        std::min_element(entries_.begin(), entries_.end(),
                         [](const Entry& one, const Entry& other) { return one.due < other.due; });
    return next == entries_.end() || next->due > options_.to ? nullptr : &*next;
  }

  void Evaluate(Entry& entry) {
    entry.group->Evaluate(samples_, entry.due);
    const std::vector<Alert> changes = entry.group->unsent();
    entry.group->MarkSent();
    ++result_.evaluations;
    const std::vector<rules::RuleStatus> statuses = entry.group->Status().rules;
    for (std::size_t i = 0; i < statuses.size(); ++i) {
      if (!statuses[i].last_error.empty()) {
        BacktestedRule& rule = result_.rules[entry.first_rule + i];
        ++rule.failures;
        rule.last_error = statuses[i].last_error;
      }
    }
    for (const Alert& change : changes) {
      Record(entry, statuses, change);
    }
    if (!changes.empty()) {
      messages_.Receive(changes);
    }
  }

  /// Adds an alert that begins to fire, or ends one, to the rule that it belongs to: several rules
  /// of a group may have the same name.
  void Record(const Entry& entry, std::span<const rules::RuleStatus> statuses,
              const Alert& change) {
    const std::span<BacktestedRule> rules(&result_.rules[entry.first_rule], statuses.size());
    for (std::size_t i = 0; i < rules.size(); ++i) {
      FiredAlert* const open = FindOpen(rules[i], change.labels);
      if (!change.firing() && open != nullptr) {
        open->resolved_at = change.ends_at;
        return;
      }
      if (change.firing() && open == nullptr && Fires(statuses[i], change.labels)) {
        rules[i].fired.push_back({.labels = change.labels,
                                  .fired_at = change.starts_at,
                                  .resolved_at = {},
                                  .value = change.value});
        return;
      }
    }
  }

  static FiredAlert* FindOpen(BacktestedRule& rule, const Labels& labels) {
    const auto found = std::find_if(
        rule.fired.rbegin(), rule.fired.rend(),
        [&](const FiredAlert& each) { return !each.resolved_at && each.labels == labels; });
    return found == rule.fired.rend() ? nullptr : &*found;
  }

  /// Whether the rule has an alert that receivers know by these labels.
  static bool Fires(const rules::RuleStatus& rule, const Labels& labels) {
    return std::any_of(rule.alerts.begin(), rule.alerts.end(),
                       [&](const rules::ActiveAlert& alert) {
                         return alert.sent && alert.sent->labels == labels;
                       });
  }

  const BacktestOptions& options_;
  QuietInstruments instruments_;
  tsdb::Store written_;
  const Overlay samples_;
  MessageCounter messages_;
  BacktestResult result_;
  std::vector<Entry> entries_;
};

}  // namespace

Result<BacktestResult> Backtest(std::vector<rules::RuleGroup> groups, const tsdb::Queryable& data,
                                const BacktestOptions& options) {
  if (options.from < kEarliest || options.to > kLatest) {
    return Fail(ErrorCode::kInvalidInput, "times must be in the years from 1 to 9998");
  }
  if (options.to < options.from) {
    return Fail(ErrorCode::kInvalidInput,
                fmt::format("the end {} is before the beginning {}", FormatRfc3339(options.to),
                            FormatRfc3339(options.from)));
  }
  const std::size_t evaluations = CountEvaluations(groups, options);
  if (evaluations > kMostBacktestEvaluations) {
    return Fail(ErrorCode::kInvalidInput,
                fmt::format("{} evaluations, and at most {} are possible: choose a shorter time or "
                            "a longer interval",
                            evaluations, kMostBacktestEvaluations));
  }
  return BacktestRun(std::move(groups), data, options).Run();
}

Duration FiringTime(const FiredAlert& alert, Timestamp end) {
  return alert.resolved_at.value_or(end) - alert.fired_at;
}

}  // namespace hakem::ruletools
