#pragma once

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "model/alert.h"
#include "model/clock.h"
#include "model/instruments.h"
#include "model/log.h"
#include "model/mutex.h"
#include "model/published.h"
#include "promql/evaluation/shared_values.h"
#include "rules/alerts/alert_store.h"
#include "rules/due_groups.h"
#include "rules/exchange.h"
#include "rules/files/rule_file.h"
#include "rules/rule_version.h"
#include "rules/scheduled_group.h"
#include "rules/status.h"
#include "tsdb/series/queryable.h"
#include "tsdb/store/store.h"

namespace hakem::rules {

struct RuleSetOptions {
  Duration collection_interval;  ///< The interval of groups that have none of their own.
  std::string external_url;      ///< URL of Hakem's pages, without a final slash.
};

/// All groups of rules: which of them is due when, and their state. Thread-safe: several threads
/// may evaluate, each another group at a time.
class RuleSet {
 public:
  struct Deps {
    /// Gets each alert when it begins to fire and when it is resolved; those of one group in order.
    /// May be called by several threads at once, for different groups.
    AlertSink sink;
    const Clock& clock;  ///< Measures durations, and how much time has passed since a collection.
    Instruments& instruments;
    Logger log;
    tsdb::Store* history = nullptr;  ///< Gets the samples of the rules; null: they are not stored.
    /// Gets each change of an alert before the sink; null: a restart forgets alerts.
    AlertStore* alert_store = nullptr;
    /// Called once the sink has got all restored alerts, with the present time: other alerts of
    /// before the restart have ended. Not called if none could be restored. Null: nothing is
    /// called.
    std::function<void(Timestamp)> on_restored = {};
    LacksExtension lacks_extension = {};  ///< Asked before each evaluation of a rule.
  };

  /// Restores the alerts that were saved before a restart. Before the first evaluation, the sink
  /// gets all that are firing or were resolved shortly before, because it may not have notified
  /// everyone of it. Those whose rules no longer exist are resolved then.
  RuleSet(std::vector<RuleGroup> groups, RuleSetOptions options, Deps deps);

  /// Announces that samples of `time` are in the history: groups without an interval are due, as of
  /// `time` or of their last evaluation if that is later. A group's evaluation that still waits is
  /// replaced, and counts as missed.
  void Submit(Timestamp time);

  /// Adjusts to a system clock that was set by `step`. Calls `move_samples`, which moves those of
  /// the history, while no rule reads or writes any; if it throws, nothing else has changed, and
  /// the caller tries again. Alerts move too, so that `for` measures real time. Waits for
  /// evaluations that are running: they end early, count as missed, and are made up for.
  void StepClock(Duration step, const std::function<void()>& move_samples);

  /// Makes running evaluations end early, and later ones at once, because Hakem stops.
  void Stop();

  /// Evaluates one group that is due and not being evaluated. Publishes the new status, then passes
  /// all changes to the sink in one call. What the sink does not take, because it throws, is passed
  /// on with the group's next changes. Returns false if no group is due. An exception says nothing
  /// about other groups: they may be due.
  bool EvaluateNext(const tsdb::Queryable& samples);

  /// Calls Submit, then EvaluateNext until nothing is due.
  void Evaluate(const tsdb::Queryable& samples, Timestamp now);

  /// Evaluates every group once, whatever its schedule is: first those with a recording rule, so
  /// that others can read what they record.
  void EvaluateAll(const tsdb::Queryable& samples, Timestamp now);

  /// Returns when the next group with an interval is due; nothing if there is none.
  std::optional<SteadyTime> NextDue() const;

  /// Replaces the rules as soon as no group is being evaluated; no other group begins meanwhile. A
  /// rule with the same group, name and labels as before keeps its alerts and their age. The firing
  /// alerts of a rule that is gone are resolved. The series of a group that is gone end after two
  /// intervals, unless another group has continued them. An exception leaves the rules as they are.
  void Replace(std::vector<RuleGroup> groups);

  /// When the oldest evaluation that is running began; nothing while none runs.
  std::optional<SteadyTime> BusySince() const;

  /// The status after the last evaluation; never null.
  std::shared_ptr<const RulesStatus> Status() const { return status_.Get(); }

  /// The same, for readers that keep a reference; never empty.
  const Published<RulesStatus>& published() const { return status_; }

 private:
  /// A group that one thread evaluates.
  struct Claim {
    ScheduledGroup& scheduled;
    Timestamp time;
    Duration clock_step;
    std::shared_ptr<promql::SharedValues> shared;
    std::stop_token stop;
  };

  /// While it lives, no group is evaluated, no rule writes samples, and there is no other pause.
  class Pause {
   public:
    /// Waits until the pause begins. No evaluation begins meanwhile, and running ones end early.
    static Pause Await(RuleSet& rules) { return Pause(rules, true); }

    /// Begins the pause if nothing has to end before. The result says whether it did.
    static Pause Try(RuleSet& rules) { return Pause(rules, false); }

    Pause(const Pause&) = delete;
    Pause& operator=(const Pause&) = delete;
    ~Pause();

    explicit operator bool() const { return has_begun_; }

   private:
    Pause(RuleSet& rules, bool waits);

    RuleSet& rules_;
    bool has_begun_ = false;
  };

  /// A version that takes the place of the current one.
  struct Replacement {
    std::unique_ptr<RuleVersion> version = nullptr;
    Exchange exchange = {};
    Timestamp time{};
  };

  /// The last collection, and when it was announced.
  struct Anchor {
    Timestamp time;
    SteadyTime at;
  };

  std::unique_ptr<RuleVersion> MakeVersion(std::vector<RuleGroup> groups) const;
  std::shared_ptr<promql::SharedValues> SharedAt(Timestamp time) REQUIRES(mutex_);
  void Restore() REQUIRES(mutex_);
  void WorkInPause();
  void RestoreAgain();
  void PassOnRestored();
  void DeleteAlertsWithoutRule();
  void SendUnsent();
  void AnnounceRestored();
  void AnnounceTime(Timestamp time) REQUIRES(mutex_);
  void MoveTimes(Duration step) REQUIRES(mutex_);
  Timestamp Now() const REQUIRES(mutex_);
  std::optional<Claim> ClaimDue();
  void Release(const Claim& claim, bool is_complete);

  bool MayBegin() const REQUIRES(mutex_) { return !is_paused_ && awaited_pauses_ == 0; }

  void EndBusy() REQUIRES(mutex_);
  void Finish(const Claim& claim);
  void FindDueSlots() REQUIRES(mutex_);
  void QueueAll() REQUIRES(mutex_);
  void RemoveUnusedMetrics(const std::vector<ScheduledGroup*>& unused) REQUIRES(metrics_mutex_);
  void ApplyReplacement();
  std::optional<Replacement> PlanReplacement();
  void FinishExchange(const Exchange& exchange, Timestamp now);
  void EndSeriesOfGoneGroups();
  std::vector<EndedSeries> TakeEndedSeries() REQUIRES(mutex_);
  void Publish() REQUIRES(mutex_);

  const RuleSetOptions options_;
  const Deps deps_;
  Published<RulesStatus> status_;
  /// Held while metrics of groups are made or removed, so that a reload does not lose those that
  /// another one removes. Locked before mutex_, which the collection needs.
  Mutex metrics_mutex_;
  mutable Mutex mutex_;
  std::unique_ptr<RuleVersion> current_ GUARDED_BY(mutex_);  ///< Replaced only in a pause.
  std::unique_ptr<RuleVersion> next_ GUARDED_BY(mutex_);  ///< Waits to be applied; null: none does.
  std::optional<Anchor> anchor_ GUARDED_BY(mutex_);
  DueGroups due_ GUARDED_BY(mutex_);
  Timestamp next_slot_ GUARDED_BY(mutex_) = Timestamp::min();  ///< No slot begins before that time.
  std::vector<EndedSeries> ended_ GUARDED_BY(mutex_);
  bool is_restored_ GUARDED_BY(mutex_) = true;    ///< False until the second try, if one failed.
  bool has_restored_ GUARDED_BY(mutex_) = false;  ///< Restored alerts are to be passed on.
  bool is_passed_on_ GUARDED_BY(mutex_) = false;  ///< They are in unsent_: on_restored is next.
  StoredAlerts without_rule_ GUARDED_BY(mutex_);  ///< What was saved of rules that are gone.
  /// To be passed to the sink in a pause: restored alerts, and those of rules that were replaced.
  std::vector<Alert> unsent_ GUARDED_BY(mutex_);
  std::size_t busy_ GUARDED_BY(mutex_) = 0;  ///< Threads that evaluate a group or write samples.
  bool is_paused_ GUARDED_BY(mutex_) = false;
  std::size_t awaited_pauses_ GUARDED_BY(mutex_) = 0;
  std::condition_variable_any idle_;                  ///< Notified when busy_ is 0 or a pause ends.
  std::stop_source interruption_ GUARDED_BY(mutex_);  ///< Ends the evaluations that are running.
  bool is_stopped_ GUARDED_BY(mutex_) = false;
  std::shared_ptr<promql::SharedValues> shared_values_
      GUARDED_BY(mutex_);  ///< Those of this round.
};

}  // namespace hakem::rules
