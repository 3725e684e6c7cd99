#include "rules/rule_set.h"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "model/contained.h"
#include "model/finally.h"
#include "rules/orphaned_alerts.h"

namespace hakem::rules {

RuleSet::RuleSet(std::vector<RuleGroup> groups, RuleSetOptions options, Deps deps)
    : options_(std::move(options)), deps_(std::move(deps)) {
  const MutexLock metrics_lock(metrics_mutex_);
  const MutexLock lock(mutex_);
  current_ = MakeVersion(std::move(groups));
  Restore();
  Publish();
}

void RuleSet::Restore() {
  if (deps_.alert_store == nullptr) {
    return;
  }
  Result<StoredAlerts> stored = deps_.alert_store->Load();
  is_restored_ = stored.has_value();
  if (!stored) {
    deps_.log.Error("alerts cannot be restored", {{"error", stored.error().message}});
    return;
  }
  const std::size_t count = stored->alerts.size();
  for (const auto& each : current_->groups) {
    each->group.Restore(*stored);
    each->status = std::make_shared<const GroupStatus>(each->group.Status());
  }
  without_rule_ = *std::move(stored);
  has_restored_ = true;
  if (count > 0) {
    deps_.log.Info("alerts restored",
                   {{"alerts", count}, {"without_rule", without_rule_.alerts.size()}});
  }
}

/// Tries once more, before the first evaluation, to restore alerts that could not be restored.
void RuleSet::RestoreAgain() {
  const MutexLock lock(mutex_);
  if (!std::exchange(is_restored_, true)) {
    Restore();
    is_restored_ = true;
    Publish();
  }
}

/// Has the sink notified of restored alerts.
void RuleSet::PassOnRestored() {
  const MutexLock lock(mutex_);
  if (!has_restored_) {
    return;
  }
  std::vector<Alert> alerts;
  PassOnOrphans(without_rule_.alerts, Now(), alerts);
  for (const auto& each : current_->groups) {
    each->group.PassOnRestored(Now(), alerts);
  }
  unsent_.insert(unsent_.end(), alerts.begin(), alerts.end());
  has_restored_ = false;
  is_passed_on_ = true;
}

/// Deletes the restored alerts whose rules no longer exist, and their groups.
void RuleSet::DeleteAlertsWithoutRule() {
  StoredAlerts stored;
  Timestamp now{};
  {
    const MutexLock lock(mutex_);
    // After a failure, PassOnRestored still needs them.
    if (deps_.alert_store == nullptr || has_restored_) {
      return;
    }
    stored = std::exchange(without_rule_, {});
    now = Now();
  }
  if (const auto deleted = DeleteOrphans(*deps_.alert_store, stored, now); !deleted) {
    deps_.log.Warn("alerts without a rule were not deleted", {{"error", deleted.error().message}});
  }
}

/// Passes on what restoring and replacing rules has led to. What the sink does not take is passed
/// on again.
void RuleSet::SendUnsent() {
  std::vector<Alert> alerts;
  {
    const MutexLock lock(mutex_);
    alerts = unsent_;
  }
  if (!alerts.empty()) {
    deps_.sink(alerts);
    const MutexLock lock(mutex_);
    unsent_.clear();
  }
}

/// Calls on_restored, once, after the sink has got all restored alerts.
void RuleSet::AnnounceRestored() {
  Timestamp now{};
  {
    const MutexLock lock(mutex_);
    if (!is_passed_on_ || !unsent_.empty()) {
      return;
    }
    now = Now();
  }
  if (deps_.on_restored) {
    deps_.on_restored(now);
  }
  const MutexLock lock(mutex_);
  is_passed_on_ = false;
}

std::unique_ptr<RuleVersion> RuleSet::MakeVersion(std::vector<RuleGroup> groups) const {
  return std::make_unique<RuleVersion>(std::move(groups), options_.collection_interval,
                                       Group::Deps{.clock = deps_.clock,
                                                   .instruments = deps_.instruments,
                                                   .log = deps_.log,
                                                   .history = deps_.history,
                                                   .external_url = options_.external_url,
                                                   .alert_store = deps_.alert_store,
                                                   .lacks_extension = deps_.lacks_extension});
}

/// Returns null if there is no memory: then nothing is shared.
std::shared_ptr<promql::SharedValues> RuleSet::SharedAt(Timestamp time) {
  if (shared_values_ == nullptr || shared_values_->time() != time) {
    const promql::SharedExpressions& shared = current_->shared_expressions;
    std::shared_ptr<promql::SharedValues> values;
    RunContained(deps_.log, "rules share no values",
                 [&] { values = std::make_shared<promql::SharedValues>(shared, time); });
    shared_values_ = std::move(values);
  }
  return shared_values_;
}

RuleSet::Pause::Pause(RuleSet& rules, bool waits) : rules_(rules) {
  MutexLock lock(rules_.mutex_);
  const auto may_begin = [&]() HAKEM_THREAD_ATTRIBUTE(no_thread_safety_analysis) {
    return rules_.busy_ == 0 && !rules_.is_paused_;
  };
  if (waits) {
    std::stop_source next;
    ++rules_.awaited_pauses_;
    rules_.interruption_.request_stop();
    rules_.idle_.wait(lock, may_begin);
    --rules_.awaited_pauses_;
    if (!rules_.is_stopped_) {
      rules_.interruption_ = std::move(next);
    }
  }
  has_begun_ = waits || (may_begin() && rules_.awaited_pauses_ == 0);
  rules_.is_paused_ = rules_.is_paused_ || has_begun_;
}

RuleSet::Pause::~Pause() {
  if (has_begun_) {
    const MutexLock lock(rules_.mutex_);
    rules_.is_paused_ = false;
    rules_.idle_.notify_all();
  }
}

void RuleSet::EndBusy() {
  if (--busy_ == 0) {
    idle_.notify_all();
  }
}

void RuleSet::AnnounceTime(Timestamp time) {
  anchor_ = Anchor{time, deps_.clock.SteadyNow()};
  shared_values_.reset();
}

/// Throws nothing.
void RuleSet::MoveTimes(Duration step) {
  if (anchor_) {
    anchor_->time += step;
  }
  shared_values_.reset();
  for (const auto& each : current_->groups) {
    each->schedule.MoveTimes(step);
    each->clock_step += step;
  }
  next_slot_ = Timestamp::min();
  for (EndedSeries& ended : ended_) {
    ended.time += step;
    ended.due += step;
  }
}

void RuleSet::StepClock(Duration step, const std::function<void()>& move_samples) {
  const Pause pause = Pause::Await(*this);
  move_samples();
  const MutexLock lock(mutex_);
  MoveTimes(step);
}

void RuleSet::Stop() {
  const MutexLock lock(mutex_);
  is_stopped_ = true;
  interruption_.request_stop();
}

void RuleSet::Submit(Timestamp time) {
  const MutexLock lock(mutex_);
  AnnounceTime(time);
  for (const auto& each : current_->groups) {
    each->schedule.OnCollection(time);
    each->group.CountMissed(each->schedule.TakeMissed());
    due_.Add(*each);
  }
}

/// The time of the last collection plus the time that has passed since. It jumps only when
/// StepClock reports a step of the clock, and lags by the time that a collection takes: so the
/// samples up to this time are in the history.
Timestamp RuleSet::Now() const {
  return anchor_->time + std::chrono::floor<Duration>(deps_.clock.SteadyNow() - anchor_->at);
}

void RuleSet::Evaluate(const tsdb::Queryable& samples, Timestamp now) {
  Submit(now);
  while (EvaluateNext(samples)) {
  }
}

void RuleSet::EvaluateAll(const tsdb::Queryable& samples, Timestamp now) {
  for (const bool records : {true, false}) {
    {
      const MutexLock lock(mutex_);
      AnnounceTime(now);
      for (const auto& each : current_->groups) {
        if (each->group.definition().Records() == records) {
          each->schedule.Force(now);
          due_.Add(*each);
        }
      }
    }
    while (EvaluateNext(samples)) {
    }
  }
}

bool RuleSet::EvaluateNext(const tsdb::Queryable& samples) {
  WorkInPause();
  RunContained(deps_.log, "series of removed groups did not end",
               [this] { EndSeriesOfGoneGroups(); });
  const std::optional<Claim> claim = ClaimDue();
  if (!claim) {
    return false;
  }

  Group& group = claim->scheduled.group;
  bool is_complete = true;
  const Finally release([&] { Release(*claim, is_complete); });
  if (claim->clock_step != Duration(0)) {
    group.MoveTimes(claim->clock_step);
  }
  is_complete = group.Evaluate(samples, claim->time, claim->shared.get(), claim->stop);
  Finish(*claim);
  return true;
}

/// Does what is to be done while no group is evaluated.
void RuleSet::WorkInPause() {
  {
    const MutexLock lock(mutex_);
    const bool is_restored = is_restored_ && !has_restored_ && !is_passed_on_;
    if (!anchor_ || (next_ == nullptr && is_restored && unsent_.empty())) {
      return;
    }
  }
  if (const Pause pause = Pause::Try(*this)) {
    // Each is tried, whatever becomes of those before. What has failed is tried again.
    const auto run = [this](void (RuleSet::*work)()) {
      RunContained(deps_.log, "rules were not restored or replaced", [&] { (this->*work)(); });
    };
    run(&RuleSet::RestoreAgain);
    run(&RuleSet::PassOnRestored);
    run(&RuleSet::DeleteAlertsWithoutRule);
    run(&RuleSet::ApplyReplacement);
    run(&RuleSet::SendUnsent);
    run(&RuleSet::AnnounceRestored);
  }
}

/// Adds the groups whose slots have begun to the queue.
void RuleSet::FindDueSlots() {
  if (Now() < next_slot_) {
    return;
  }
  Timestamp next = Timestamp::max();
  for (const auto& each : current_->groups) {
    each->schedule.OnTime(Now());
    each->group.CountMissed(each->schedule.TakeMissed());
    due_.Add(*each);
    next = std::min(next, each->schedule.NextSlot().value_or(Timestamp::max()));
  }
  next_slot_ = next;
}

/// Makes the due groups those of the present version.
void RuleSet::QueueAll() {
  due_ = DueGroups();
  for (const auto& each : current_->groups) {
    due_.Add(*each);
  }
  next_slot_ = Timestamp::min();
}

std::optional<RuleSet::Claim> RuleSet::ClaimDue() {
  const MutexLock lock(mutex_);
  if (!anchor_) {
    return std::nullopt;
  }
  FindDueSlots();
  // A replacement waits until no group is evaluated: no other one may begin meanwhile.
  const bool is_replacing = next_ != nullptr && busy_ > 0;
  if (due_.empty() || is_replacing || !MayBegin()) {
    return std::nullopt;
  }
  ScheduledGroup& chosen = due_.Take();
  const Timestamp time = chosen.schedule.Take();
  auto shared = SharedAt(time - chosen.group.query_offset());
  chosen.busy_since = deps_.clock.SteadyNow();
  ++busy_;
  return Claim{chosen, time, std::exchange(chosen.clock_step, Duration(0)), std::move(shared),
               interruption_.get_token()};
}

/// An evaluation that was interrupted because the clock was set is made up for, unless a newer one
/// is due.
void RuleSet::Release(const Claim& claim, bool is_complete) {
  const MutexLock lock(mutex_);
  ScheduledGroup& released = claim.scheduled;
  released.busy_since.reset();
  if (!is_complete && !is_stopped_ && !released.schedule.is_due()) {
    released.schedule.Force(claim.time);
  }
  due_.Add(released);  // It may also have become due meanwhile.
  EndBusy();
}

/// Publishes when the last group that is due was evaluated, or earlier if there are changes.
void RuleSet::Finish(const Claim& claim) {
  Group& group = claim.scheduled.group;
  auto status = std::make_shared<const GroupStatus>(group.Status());
  {
    const MutexLock lock(mutex_);
    claim.scheduled.status.swap(status);
    if (due_.empty()) {
      shared_values_.reset();
    }
    if (due_.empty() || !group.unsent().empty()) {
      Publish();
    }
  }
  if (!group.unsent().empty()) {
    deps_.sink(group.unsent());
    group.MarkSent();
  }
}

std::optional<SteadyTime> RuleSet::NextDue() const {
  const MutexLock lock(mutex_);
  std::optional<Timestamp> next;
  for (const auto& each : current_->groups) {
    if (const auto slot = each->schedule.NextSlot(); slot && (!next || *slot < *next)) {
      next = slot;
    }
  }
  return next && anchor_ ? std::optional(anchor_->at + (*next - anchor_->time)) : std::nullopt;
}

std::optional<SteadyTime> RuleSet::BusySince() const {
  const MutexLock lock(mutex_);
  std::optional<SteadyTime> oldest;
  for (const auto& each : current_->groups) {
    if (each->busy_since && (!oldest || *each->busy_since < *oldest)) {
      oldest = each->busy_since;
    }
  }
  return oldest;
}

void RuleSet::Replace(std::vector<RuleGroup> groups) {
  const MutexLock metrics_lock(metrics_mutex_);
  std::unique_ptr<RuleVersion> next = MakeVersion(std::move(groups));
  {
    const MutexLock lock(mutex_);
    next_.swap(next);
  }
  if (next != nullptr) {  // A replacement that was never applied.
    std::vector<ScheduledGroup*> unused;
    for (const auto& each : next->groups) {
      unused.push_back(each.get());
    }
    RemoveUnusedMetrics(unused);
  }
}

/// Removes the metrics of groups, except those that a present group or one that waits shares with
/// them.
void RuleSet::RemoveUnusedMetrics(const std::vector<ScheduledGroup*>& unused) {
  std::unordered_set<std::string> used;
  {
    const MutexLock lock(mutex_);
    for (const RuleVersion* const version : {current_.get(), next_.get()}) {
      for (std::size_t i = 0; version != nullptr && i < version->groups.size(); ++i) {
        used.insert(version->groups[i]->group.key());
      }
    }
  }
  for (ScheduledGroup* const each : unused) {
    if (!used.contains(each->group.key())) {
      each->group.RemoveMetrics();
    }
  }
}

/// Runs in a pause, so that nobody else uses the groups.
void RuleSet::ApplyReplacement() {
  std::optional<Replacement> replacement = PlanReplacement();
  if (!replacement) {
    return;
  }
  {
    const MutexLock lock(mutex_);
    replacement->exchange.Apply(anchor_->time, unsent_, ended_);
    current_.swap(replacement->version);
    QueueAll();
    shared_values_.reset();
  }
  FinishExchange(replacement->exchange, replacement->time);
}

/// Plans to replace the rules by those that wait; nothing if none do. Whatever of it may throw is
/// done here: an exception leaves everything as it was, and the next call tries again.
std::optional<RuleSet::Replacement> RuleSet::PlanReplacement() {
  Replacement replacement;
  RuleVersion* current = nullptr;
  {
    const MutexLock lock(mutex_);
    if (next_ == nullptr) {
      return std::nullopt;
    }
    replacement.version = std::move(next_);
    replacement.time = Now();
    current = current_.get();
  }
  try {
    replacement.exchange = Exchange::Plan(*current, *replacement.version, replacement.time);
    const MutexLock lock(mutex_);
    replacement.exchange.Reserve(unsent_, ended_);
  } catch (...) {
    const MutexLock lock(mutex_);
    if (next_ == nullptr) {
      next_ = std::move(replacement.version);
    }
    throw;
  }
  return replacement;
}

/// Saves and publishes the alerts after an exchange.
void RuleSet::FinishExchange(const Exchange& exchange, Timestamp now) {
  exchange.Save(now);
  {
    const MutexLock metrics_lock(metrics_mutex_);
    RemoveUnusedMetrics(exchange.gone());
  }
  const std::vector<ScheduledGroup*> continued = exchange.Continued();
  std::vector<std::shared_ptr<const GroupStatus>> status;
  for (const ScheduledGroup* const each : continued) {
    status.push_back(std::make_shared<const GroupStatus>(each->group.Status()));
  }
  const MutexLock lock(mutex_);
  for (std::size_t i = 0; i < status.size(); ++i) {
    continued[i]->status.swap(status[i]);
  }
  Publish();
}

void RuleSet::EndSeriesOfGoneGroups() {
  if (deps_.history == nullptr) {
    return;
  }
  std::vector<EndedSeries> due;
  {
    const MutexLock lock(mutex_);
    due = TakeEndedSeries();
    if (due.empty()) {
      return;
    }
    ++busy_;
  }

  const Finally finish([this] {
    const MutexLock lock(mutex_);
    EndBusy();
  });

  for (const EndedSeries& ended : due) {
    EndSeries(*deps_.history, ended.time, ended.series);
  }
}

/// Takes the series that are to end now; none during a pause.
std::vector<EndedSeries> RuleSet::TakeEndedSeries() {
  if (ended_.empty() || !MayBegin()) {
    return {};
  }
  const auto is_waiting = [now = Now()](const EndedSeries& ended) { return now < ended.due; };
  const auto first = std::partition(ended_.begin(), ended_.end(), is_waiting);
  std::vector<EndedSeries> due(std::make_move_iterator(first),
                               std::make_move_iterator(ended_.end()));
  ended_.erase(first, ended_.end());
  return due;
}

void RuleSet::Publish() {
  auto status = std::make_shared<RulesStatus>();
  status->groups.reserve(current_->groups.size());
  for (const auto& each : current_->groups) {
    status->groups.push_back(each->status);
  }
  status_.Set(std::move(status));
}

}  // namespace hakem::rules
