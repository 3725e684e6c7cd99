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
  Duration collection_interval;  ///< How often groups without an interval of their own come round.
  std::string external_url;      ///< Of Hakem's pages, for links in alerts; without a final slash.
};

/// Whether a group comes round in an evaluation at `now`. Without an interval: always. With one: at
/// the first evaluation in each stretch of that length, counted from 1970.
bool IsDue(std::optional<Duration> interval, std::optional<Timestamp> last, Timestamp now);

/// All rules and what is known of their alerts. One thread at a time evaluates; Status is
/// thread-safe.
class RuleSet {
 public:
  struct Deps {
    AlertSink sink;  ///< Told of an alert once when it begins to fire and once when it is resolved.
    const Clock& clock;  ///< For measuring.
    Instruments& instruments;
    Logger log;
  };

  RuleSet(std::vector<RuleGroup> groups, RuleSetOptions options, Deps deps);

  /// Evaluates the groups that are due, in order, as of `now`, but never earlier than before: a
  /// clock set back does not undo `for`. Publishes the new status, then tells the sink all changes
  /// in one call. A rule that fails keeps its alerts as they are.
  /// `clock_step`: by how much the clock was set since the evaluation before, of which `now` is
  /// free: what a `for` has counted stays as it is.
  void Evaluate(const tsdb::Queryable& samples, Timestamp now, Duration clock_step = Duration(0));

  /// Puts other rules into force with the next evaluation. A rule that stays, of the same group and
  /// name and with the same labels, keeps its alerts and how long they have lasted; the firing
  /// alerts of one that goes are told as resolved. Thread-safe.
  void Replace(std::vector<RuleGroup> groups);

  /// Counts a collection that nobody evaluated. Thread-safe.
  void CountMissed();

  /// What the last evaluation left; never null.
  std::shared_ptr<const RulesStatus> Status() const { return status_.Get(); }

  /// The same for those who read it again and again; never empty.
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
  void TakeReplacement(Timestamp now, std::vector<Alert>& changes);
  void TellEnd(const Rule& rule, Timestamp now, std::vector<Alert>& changes) const;
  void MoveTimes(Duration step);
  void EvaluateGroup(Group& group, const tsdb::Queryable& samples, Timestamp now,
                     std::vector<Alert>& changes);
  void EvaluateRule(Group& group, Rule& rule, const tsdb::Queryable& samples, Timestamp now,
                    std::vector<Alert>& changes);
  void NoteHealth(const Group& group, Rule& rule, const std::optional<Error>& error);
  Alert Told(const AlertRule& rule, const AlertEvent& event) const;
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
