#include "rules/rule_set.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <string_view>
#include <utility>
#include <variant>

#include "rules/alert_series.h"

namespace hakem::rules {

RuleSet::RuleSet(std::vector<RuleGroup> groups, RuleSetOptions options, Deps deps)
    : options_(std::move(options)), deps_(std::move(deps)) {
  const MutexLock lock(mutex_);
  for (RuleGroup& definition : groups) {
    entries_.push_back(MakeEntry(std::move(definition)));
  }
  Restore();
  FindSharedExpressions();
  Publish();
}

void RuleSet::Restore() {
  if (deps_.alert_store == nullptr) {
    return;
  }
  Result<StoredAlerts> stored = deps_.alert_store->Load();
  if (!stored) {
    deps_.log.Error("alerts cannot be restored", {{"error", stored.error().message}});
    return;
  }
  const std::size_t count = stored->alerts.size();
  for (const auto& entry : entries_) {
    std::vector<Alert> firing = entry->group.Restore(*stored);
    std::move(firing.begin(), firing.end(), std::back_inserter(restored_));
    entry->status = entry->group.Status();
  }
  orphans_ = std::move(stored->alerts);
  if (count > 0) {
    deps_.log.Info("alerts restored", {{"alerts", count}, {"without_rule", orphans_.size()}});
  }
}

/// Passes restored alerts to the sink, and deletes those whose rules no longer exist.
void RuleSet::PassRestored() {
  std::vector<Alert> alerts;
  std::vector<StoredAlert> orphans;
  Timestamp now{};
  {
    const MutexLock lock(mutex_);
    if (!anchor_ || (orphans_.empty() && restored_.empty())) {
      return;
    }
    alerts = std::exchange(restored_, {});
    orphans = std::exchange(orphans_, {});
    now = Now();
    is_passing_restored_ = true;
  }

  struct Finisher {
    RuleSet& rules;

    ~Finisher() {
      const MutexLock lock(rules.mutex_);
      rules.is_passing_restored_ = false;
    }
  } const finisher{*this};

  std::vector<AlertChange> changes;
  for (const StoredAlert& orphan : orphans) {
    const ActiveAlert& alert = orphan.alert;
    changes.push_back(
        {.rule = orphan.rule, .labels = alert.labels, .alert = nullptr, .is_transition = true});
    if (alert.state == AlertState::kFiring && alert.fired_at) {
      alerts.push_back({.labels = alert.labels,
                        .annotations = alert.annotations,
                        .starts_at = *alert.fired_at,
                        .ends_at = std::nullopt,
                        .generator_url = "",
                        .value = alert.value});
      alerts.push_back(alerts.back());
      alerts.back().ends_at = std::max(now, *alert.fired_at);
    }
  }
  if (!alerts.empty()) {
    deps_.sink(alerts);
  }
  if (changes.empty()) {
    return;
  }
  if (const Result<void> saved = deps_.alert_store->Save("", now, changes); !saved) {
    deps_.log.Warn("alerts without a rule were not deleted", {{"error", saved.error().message}});
  }
}

std::unique_ptr<RuleSet::Entry> RuleSet::MakeEntry(RuleGroup definition) const {
  std::optional<Slots> slots;
  if (definition.interval) {
    slots = SlotsOf(definition.file, definition.name, *definition.interval);
  }
  const Duration interval = definition.interval.value_or(options_.collection_interval);
  return std::make_unique<Entry>(std::move(definition), interval,
                                 Group::Deps{.clock = deps_.clock,
                                             .instruments = deps_.instruments,
                                             .log = deps_.log,
                                             .history = deps_.history,
                                             .external_url = options_.external_url,
                                             .alert_store = deps_.alert_store},
                                 slots);
}

/// Values of series that rules write are not shared: they change while rules are evaluated.
void RuleSet::FindSharedExpressions() {
  std::vector<const promql::Expr*> exprs;
  std::set<std::string_view> written{kAlertsSeries, kAlertsForStateSeries};
  std::optional<promql::Features> features;
  for (const auto& entry : entries_) {
    for (const Rule& rule : entry->group.definition().rules) {
      if (std::holds_alternative<RecordingRule>(rule)) {
        written.insert(NameOf(rule));
      }
      std::visit(
          [&](const auto& one) {
            features = features.value_or(one.features);
            if (one.features == *features) {
              exprs.push_back(one.expr.get());
            }
          },
          rule);
    }
  }
  shared_values_.reset();
  shared_expressions_ = promql::SharedExpressions(
      exprs, [&](std::string_view metric) { return written.contains(metric); });
}

std::shared_ptr<promql::SharedValues> RuleSet::SharedAt(Timestamp time) {
  if (shared_values_ == nullptr || shared_values_->time() != time) {
    shared_values_ = std::make_shared<promql::SharedValues>(shared_expressions_, time);
  }
  return shared_values_;
}

void RuleSet::AnnounceTime(Timestamp time, Duration clock_step) {
  anchor_ = Anchor{time, deps_.clock.SteadyNow()};
  shared_values_.reset();
  if (clock_step == Duration(0)) {
    return;
  }
  for (const auto& entry : entries_) {
    entry->schedule.MoveTimes(clock_step);
    entry->clock_step += clock_step;
  }
  for (EndedSeries& ended : ended_) {
    ended.time += clock_step;
    ended.due += clock_step;
  }
}

void RuleSet::Submit(Timestamp time, Duration clock_step) {
  const MutexLock lock(mutex_);
  AnnounceTime(time, clock_step);
  for (const auto& entry : entries_) {
    entry->schedule.OnCollection(time);
    entry->group.CountMissed(entry->schedule.TakeMissed());
  }
}

/// The time of the last collection plus the time that has passed since. It jumps only when
/// Submit reports a step of the clock, and lags by the time that a collection takes: so the samples
/// up to this time are in the history.
Timestamp RuleSet::Now() const {
  return anchor_->time + std::chrono::floor<Duration>(deps_.clock.SteadyNow() - anchor_->at);
}

void RuleSet::Evaluate(const tsdb::Queryable& samples, Timestamp now, Duration clock_step) {
  Submit(now, clock_step);
  while (EvaluateNext(samples)) {
  }
}

void RuleSet::EvaluateAll(const tsdb::Queryable& samples, Timestamp now) {
  {
    const MutexLock lock(mutex_);
    AnnounceTime(now, Duration(0));
    for (const auto& entry : entries_) {
      entry->schedule.Force(now);
    }
  }
  while (EvaluateNext(samples)) {
  }
}

bool RuleSet::EvaluateNext(const tsdb::Queryable& samples) {
  PassRestored();
  ApplyReplacement();
  EndSeriesOfGoneGroups();
  const std::optional<Claim> claim = ClaimDue();
  if (!claim) {
    return false;
  }

  struct Releaser {
    RuleSet& rules;
    const Claim& claim;

    ~Releaser() { rules.Release(claim); }
  } const releaser{*this, *claim};

  if (claim->clock_step != Duration(0)) {
    claim->entry.group.MoveTimes(claim->clock_step);
  }
  const std::vector<Alert> changes =
      claim->entry.group.Evaluate(samples, claim->time, claim->shared.get());
  Finish(*claim, changes);
  return true;
}

/// Groups that wait for a collection come first: nothing delays their alerts.
std::optional<RuleSet::Claim> RuleSet::ClaimDue() {
  const MutexLock lock(mutex_);
  if (!anchor_ || is_passing_restored_) {
    return std::nullopt;
  }
  Entry* chosen = nullptr;
  for (const auto& entry : entries_) {
    entry->schedule.OnTime(Now());
    entry->group.CountMissed(entry->schedule.TakeMissed());
    const bool is_free = entry->schedule.is_due() && !entry->busy_since;
    if (is_free &&
        (chosen == nullptr || (chosen->schedule.has_slots() && !entry->schedule.has_slots()))) {
      chosen = entry.get();
    }
  }
  if (chosen == nullptr) {
    return std::nullopt;
  }
  const Timestamp time = chosen->schedule.Take();
  auto shared = SharedAt(time - chosen->group.query_offset());
  chosen->busy_since = deps_.clock.SteadyNow();
  return Claim{*chosen, time, std::exchange(chosen->clock_step, Duration(0)), std::move(shared)};
}

void RuleSet::Release(const Claim& claim) {
  const MutexLock lock(mutex_);
  claim.entry.busy_since.reset();
}

/// Publishes when the last group that is due was evaluated, or earlier if there are changes.
void RuleSet::Finish(const Claim& claim, const std::vector<Alert>& changes) {
  GroupStatus status = claim.entry.group.Status();
  {
    const MutexLock lock(mutex_);
    claim.entry.status = std::move(status);
    const bool is_last = !IsAnyDue();
    if (is_last) {
      shared_values_.reset();
    }
    if (is_last || !changes.empty()) {
      Publish();
    }
  }
  if (!changes.empty()) {
    deps_.sink(changes);
  }
}

bool RuleSet::IsAnyDue() const {
  return std::any_of(entries_.begin(), entries_.end(), [](const auto& entry) {
    return entry->schedule.is_due() && !entry->busy_since;
  });
}

std::optional<SteadyTime> RuleSet::NextDue() const {
  const MutexLock lock(mutex_);
  std::optional<Timestamp> next;
  for (const auto& entry : entries_) {
    if (const auto slot = entry->schedule.NextSlot(); slot && (!next || *slot < *next)) {
      next = slot;
    }
  }
  return next && anchor_ ? std::optional(anchor_->at + (*next - anchor_->time)) : std::nullopt;
}

std::optional<SteadyTime> RuleSet::BusySince() const {
  const MutexLock lock(mutex_);
  std::optional<SteadyTime> oldest;
  for (const auto& entry : entries_) {
    if (entry->busy_since && (!oldest || *entry->busy_since < *oldest)) {
      oldest = entry->busy_since;
    }
  }
  return oldest;
}

void RuleSet::Replace(std::vector<RuleGroup> groups) {
  const MutexLock lock(mutex_);
  replacement_ = std::move(groups);
}

void RuleSet::ApplyReplacement() {
  std::vector<Alert> changes;
  Entries gone;  // Saved and destroyed without the lock.
  Timestamp now{};
  {
    const MutexLock lock(mutex_);
    const bool is_busy = is_passing_restored_ ||
                         std::any_of(entries_.begin(), entries_.end(), [](const auto& entry) {
                           return entry->busy_since.has_value();
                         });
    if (!replacement_ || is_busy || !anchor_) {
      return;
    }
    now = Now();
    gone = Exchange(*std::exchange(replacement_, std::nullopt));
    for (const auto& entry : gone) {
      Remove(*entry, changes);
    }
    FindSharedExpressions();
    Publish();
  }
  for (const auto& entry : gone) {
    entry->group.SaveAlerts(now);
  }
  if (!changes.empty()) {
    deps_.sink(changes);
  }
}

/// Makes the new groups, which take over what they continue. Returns the old ones with what is left
/// in them. A new group without an interval is evaluated as of the last collection.
RuleSet::Entries RuleSet::Exchange(std::vector<RuleGroup> groups) {
  Entries before = std::exchange(entries_, {});
  for (RuleGroup& definition : groups) {
    Entry& entry = *entries_.emplace_back(MakeEntry(std::move(definition)));
    const auto old = std::find_if(before.begin(), before.end(), [&](const auto& each) {
      return each->group.key() == entry.group.key();
    });
    if (old == before.end()) {
      entry.schedule.OnCollection(anchor_->time);
      continue;
    }
    (*old)->group.MoveTimes(std::exchange((*old)->clock_step, Duration(0)));
    entry.schedule.Continue((*old)->schedule);
    entry.group.Continue((*old)->group);
    entry.status = entry.group.Status();
  }
  return before;
}

/// Resolves the alerts that are left in a group. If the whole group is gone, so are the metrics
/// about it, and its series end later: by then, a group with a new name may have continued them.
void RuleSet::Remove(Entry& entry, std::vector<Alert>& changes) {
  Group& group = entry.group;
  std::vector<Alert> resolved = group.Resolve(Now());
  std::move(resolved.begin(), resolved.end(), std::back_inserter(changes));
  const bool is_gone = std::none_of(entries_.begin(), entries_.end(), [&](const auto& each) {
    return each->group.key() == group.key();
  });
  if (!is_gone) {
    return;
  }
  group.RemoveMetrics();
  if (LabelsSet series = group.Series(); !series.empty()) {
    ended_.push_back({.series = std::move(series),
                      .time = Now() - group.query_offset(),
                      .due = Now() + 2 * group.interval()});
  }
}

void RuleSet::EndSeriesOfGoneGroups() {
  if (deps_.history == nullptr) {
    return;
  }
  std::vector<EndedSeries> due;
  {
    const MutexLock lock(mutex_);
    if (ended_.empty()) {
      return;
    }
    const auto is_waiting = [now = Now()](const EndedSeries& ended) { return now < ended.due; };
    const auto first = std::partition(ended_.begin(), ended_.end(), is_waiting);
    due.assign(std::make_move_iterator(first), std::make_move_iterator(ended_.end()));
    ended_.erase(first, ended_.end());
  }
  for (const EndedSeries& ended : due) {
    EndSeries(*deps_.history, ended.time, ended.series);
  }
}

void RuleSet::Publish() {
  auto status = std::make_shared<RulesStatus>();
  for (const auto& entry : entries_) {
    status->groups.push_back(entry->status);
  }
  status_.Set(std::move(status));
}

}  // namespace hakem::rules
