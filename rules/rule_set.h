#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "model/alert.h"
#include "model/clock.h"
#include "model/instruments.h"
#include "model/log.h"
#include "model/mutex.h"
#include "model/published.h"
#include "rules/rule_file.h"
#include "rules/status.h"
#include "tsdb/series/queryable.h"

namespace hakem::rules {

struct RuleSetOptions {
  Duration collection_interval;  ///< The interval of groups that have none of their own.
  std::string external_url;      ///< URL of Hakem's pages, without a final slash. For links.
};

/// Whether a group is due in an evaluation at `now`; `last` is its last evaluation. Without an
/// interval it always is. With one, time since 1970 is divided into intervals of that length, and
/// the group is due at the first evaluation in each.
bool IsDue(std::optional<Duration> interval, std::optional<Timestamp> last, Timestamp now);

/// All rules and the state of their alerts. Evaluate is called by one thread at a time; the other
/// functions are thread-safe.
class RuleSet {
 public:
  struct Deps {
    AlertSink sink;      ///< Gets each alert when it begins to fire and when it is resolved.
    const Clock& clock;  ///< For measuring durations.
    Instruments& instruments;
    Logger log;
  };

  RuleSet(std::vector<RuleGroup> groups, RuleSetOptions options, Deps deps);

  /// Evaluates the groups that are due, in order, as of `now`, or of the last evaluation if that is
  /// later. Publishes the new status, then passes all changes to the sink in one call. The alerts
  /// of a rule that fails stay as they are. `clock_step`: how far the system clock was set since
  /// the last evaluation. Alerts move with it, so that `for` measures real time.
  void Evaluate(const tsdb::Queryable& samples, Timestamp now, Duration clock_step = Duration(0));

  /// Replaces the rules at the next evaluation. A rule with the same group, name and labels as
  /// before keeps its alerts and their age. The firing alerts of a rule that is gone are resolved.
  void Replace(std::vector<RuleGroup> groups);

  /// Counts an evaluation that was left out.
  void CountMissed();

  /// The status after the last evaluation; never null.
  std::shared_ptr<const RulesStatus> Status() const { return status_.Get(); }

  /// The same, for readers that keep a reference; never empty.
  const Published<RulesStatus>& published() const { return status_; }

 private:
  struct Rule {
    AlertRule definition;
    ActiveAlerts alerts = {};
    RuleHealth health = RuleHealth::kUnknown;
    std::string last_error = {};
    Seconds evaluation_time{0};
    std::optional<Timestamp> last_evaluation = {};
  };

  struct Group {
    std::string file;
    std::string name;
    std::optional<Duration> interval;
    std::int64_t limit;
    std::string metric_label;  ///< `file;group`
    std::vector<Rule> rules;
    Seconds evaluation_time{0};
    std::optional<Timestamp> last_evaluation = {};
  };

  Group MakeGroup(RuleGroup definition) const;
  void ApplyReplacement(Timestamp now, std::vector<Alert>& changes);
  void AddResolved(const Rule& rule, Timestamp now, std::vector<Alert>& changes) const;
  void MoveTimes(Duration step);
  void EvaluateGroup(Group& group, const tsdb::Queryable& samples, Timestamp now,
                     std::vector<Alert>& changes);
  void EvaluateRule(Group& group, Rule& rule, const tsdb::Queryable& samples, Timestamp now,
                    std::vector<Alert>& changes);
  void UpdateHealth(const Group& group, Rule& rule, const std::optional<Error>& error);
  Alert MakeAlert(const AlertRule& rule, const AlertEvent& event) const;
  void Publish();
  static RuleStatus StatusOf(const Rule& rule);

  const RuleSetOptions options_;
  const Deps deps_;
  Published<RulesStatus> status_;
  std::vector<Group> groups_;
  Mutex mutex_;
  std::optional<std::vector<RuleGroup>> replacement_ GUARDED_BY(mutex_);
  Timestamp last_evaluation_{};
};

}  // namespace hakem::rules
