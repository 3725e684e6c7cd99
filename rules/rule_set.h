#pragma once

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "model/alert.h"
#include "model/clock.h"
#include "model/instruments.h"
#include "model/log.h"
#include "model/mutex.h"
#include "model/published.h"
#include "promql/evaluation/shared_values.h"
#include "rules/alert_store.h"
#include "rules/group.h"
#include "rules/rule_file.h"
#include "rules/schedule.h"
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
    tsdb::Store* history = nullptr;  ///< Gets the samples of the rules; null: nobody does.
    /// Gets each change of an alert before the sink; null: a restart forgets alerts.
    AlertStore* alert_store = nullptr;
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

  /// Adjusts to a system clock that was set by `step`. Alerts move with it, so that `for` measures
  /// real time. Calls `move_samples`, which moves those of the history, while no rule reads or
  /// writes any. Waits for evaluations that are running: they end early, and count as missed.
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
  /// A group and when it is evaluated. While busy_since is set, one thread uses the group without
  /// the mutex; all else is guarded by the mutex.
  struct Entry {
    Entry(RuleGroup definition, Duration interval, Group::Deps deps, std::optional<Slots> slots)
        : group(std::move(definition), interval, std::move(deps)),
          schedule(slots),
          status(group.Status()) {}

    Group group;
    Schedule schedule;
    Duration clock_step{0};  ///< Steps of the clock to which the group has not yet adjusted.
    std::optional<SteadyTime> busy_since = {};
    GroupStatus status;         ///< After the last evaluation.
    Entry* next_due = nullptr;  ///< The one behind it in the queue of due groups.
    bool is_queued = false;
  };

  /// Groups that are due and not being evaluated, in the order in which they became so. Adding one
  /// takes no memory.
  class DueQueue {
   public:
    /// Does nothing if the group is not due, is being evaluated or is in the queue.
    void Add(Entry& entry);

    /// Takes the first one. Requires: the queue is not empty.
    Entry& Take();

    bool empty() const { return first_ == nullptr; }

   private:
    Entry* first_ = nullptr;
    Entry* last_ = nullptr;
  };

  using Entries = std::vector<std::unique_ptr<Entry>>;

  /// A group that one thread evaluates.
  struct Claim {
    Entry& entry;
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

  /// The series of a group that is gone.
  struct EndedSeries {
    LabelsSet series;
    Timestamp time;  ///< The time of the stale markers.
    Timestamp due;   ///< When they are written.
  };

  /// The last collection, and when it was announced.
  struct Anchor {
    Timestamp time;
    SteadyTime at;
  };

  /// Groups that are evaluated together, and what their expressions share.
  struct Version {
    Entries entries;
    promql::SharedExpressions shared_expressions;
  };

  /// What changes when one version takes the place of another.
  struct Exchange {
    struct Continued {
      Entry* entry;
      Entry* before;
      Group::Continuation plan;
    };

    std::vector<Continued> continued = {};
    std::vector<Entry*> added = {};
    std::vector<Entry*> gone = {};
    std::vector<Alert> changes = {};
    std::vector<EndedSeries> ended = {};
  };

  std::unique_ptr<Entry> MakeEntry(RuleGroup definition) const;
  std::unique_ptr<Version> MakeVersion(std::vector<RuleGroup> groups) const;
  static promql::SharedExpressions FindSharedExpressions(const Entries& entries);
  std::shared_ptr<promql::SharedValues> SharedAt(Timestamp time) REQUIRES(mutex_);
  void Restore() REQUIRES(mutex_);
  void WorkInPause();
  void RestoreAgain();
  void PassOnRestored();
  void DeleteAlertsWithoutRule();
  void SendUnsent();
  void AnnounceTime(Timestamp time) REQUIRES(mutex_);
  void MoveTimes(Duration step) REQUIRES(mutex_);
  Timestamp Now() const REQUIRES(mutex_);
  std::optional<Claim> ClaimDue();
  void Release(const Claim& claim);

  bool MayBegin() const REQUIRES(mutex_) { return !is_paused_ && awaited_pauses_ == 0; }

  void EndBusy() REQUIRES(mutex_);
  void Finish(const Claim& claim);
  DueQueue& QueueOf(const Entry& entry) REQUIRES(mutex_);
  void FindDueSlots() REQUIRES(mutex_);
  void QueueAll() REQUIRES(mutex_);
  void RemoveMetricsOfUnusedGroups(const Version& unused) REQUIRES(mutex_);
  void ApplyReplacement();
  static Exchange PlanExchange(Version& current, Version& next, Timestamp now);
  static void PlanRemoval(Entry& entry, Timestamp now, Exchange& exchange);
  void Apply(Exchange& exchange) noexcept REQUIRES(mutex_);
  void FinishExchange(const Exchange& exchange, Timestamp now);
  void EndSeriesOfGoneGroups();
  void Publish() REQUIRES(mutex_);

  const RuleSetOptions options_;
  const Deps deps_;
  Published<RulesStatus> status_;
  mutable Mutex mutex_;
  std::unique_ptr<Version> current_ GUARDED_BY(mutex_);  ///< Replaced only in a pause.
  std::unique_ptr<Version> next_ GUARDED_BY(mutex_);     ///< Waits to be applied; null: none does.
  std::optional<Anchor> anchor_ GUARDED_BY(mutex_);
  DueQueue due_on_collection_ GUARDED_BY(mutex_);  ///< Groups without an interval: they come first.
  DueQueue due_in_slots_ GUARDED_BY(mutex_);
  Timestamp next_slot_ GUARDED_BY(mutex_) = Timestamp::min();  ///< No slot begins before that time.
  std::vector<EndedSeries> ended_ GUARDED_BY(mutex_);
  bool is_restored_ GUARDED_BY(mutex_) = true;    ///< False until the second try, if one failed.
  bool has_restored_ GUARDED_BY(mutex_) = false;  ///< Restored alerts are to be passed on.
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
