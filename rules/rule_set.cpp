#include "rules/rule_set.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <variant>

#include "model/contained.h"
#include "model/finally.h"
#include "rules/alert_series.h"

namespace hakem::rules {
namespace {

/// Appends each firing alert as firing, then as resolved at `now`: a receiver that was not notified
/// before the restart learns of both. Appends each resolved alert as such.
void AddResolved(const std::vector<StoredAlert>& stored, Timestamp now,
                 std::vector<Alert>& alerts) {
  for (const StoredAlert& each : stored) {
    const ActiveAlert& alert = each.alert;
    if (alert.state == AlertState::kPending || !alert.fired_at) {
      continue;
    }
    const SentAlert sent = alert.sent.value_or(SentAlert{alert.labels, ""});
    Alert passed_on{.labels = sent.labels,
                    .annotations = alert.annotations,
                    .starts_at = *alert.fired_at,
                    .ends_at = std::nullopt,
                    .generator_url = sent.generator_url,
                    .value = alert.value};
    if (alert.state == AlertState::kFiring) {
      alerts.push_back(passed_on);
    }
    passed_on.ends_at = std::max(alert.resolved_at.value_or(now), passed_on.starts_at);
    alerts.push_back(std::move(passed_on));
  }
}

}  // namespace

RuleSet::RuleSet(std::vector<RuleGroup> groups, RuleSetOptions options, Deps deps)
    : options_(std::move(options)), deps_(std::move(deps)) {
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
  for (const auto& entry : current_->entries) {
    entry->group.Restore(*stored);
    entry->status = entry->group.Status();
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
  AddResolved(without_rule_.alerts, Now(), alerts);
  for (const auto& entry : current_->entries) {
    entry->group.PassOnRestored(Now(), alerts);
  }
  unsent_.insert(unsent_.end(), alerts.begin(), alerts.end());
  has_restored_ = false;
}

/// Deletes the restored alerts whose rules no longer exist, and their groups.
void RuleSet::DeleteAlertsWithoutRule() {
  StoredAlerts stored;
  Timestamp now{};
  {
    const MutexLock lock(mutex_);
    if (has_restored_) {  // PassOnRestored has failed and needs them.
      return;
    }
    stored = std::exchange(without_rule_, {});
    now = Now();
  }
  std::vector<AlertChange> changes;
  for (const StoredAlert& each : stored.alerts) {
    changes.push_back(
        {.rule = each.rule, .labels = each.alert.labels, .alert = nullptr, .is_transition = true});
  }
  std::vector<std::string> groups;
  for (auto& [group, evaluated_at] : stored.groups) {
    groups.push_back(std::move(group));
  }
  if (changes.empty() && groups.empty()) {
    return;
  }
  if (const auto deleted = deps_.alert_store->DeleteGroups(groups, now, changes); !deleted) {
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
                                             .alert_store = deps_.alert_store,
                                             .lacks_extension = deps_.lacks_extension},
                                 slots);
}

/// Values of series that rules write are not shared: they change while rules are evaluated.
promql::SharedExpressions RuleSet::FindSharedExpressions(const Entries& entries) {
  std::vector<const promql::Expr*> exprs;
  std::set<std::string_view> written{kAlertsSeries, kAlertsForStateSeries};
  std::optional<promql::Features> features;
  for (const auto& entry : entries) {
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
  return promql::SharedExpressions(
      exprs, [&](std::string_view metric) { return written.contains(metric); });
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

void RuleSet::MoveTimes(Duration step) {
  if (anchor_) {
    anchor_->time += step;
  }
  shared_values_.reset();
  for (const auto& entry : current_->entries) {
    entry->schedule.MoveTimes(step);
    entry->clock_step += step;
  }
  next_slot_ = Timestamp::min();
  for (EndedSeries& ended : ended_) {
    ended.time += step;
    ended.due += step;
  }
}

void RuleSet::StepClock(Duration step, const std::function<void()>& move_samples) {
  const Pause pause = Pause::Await(*this);
  {
    const MutexLock lock(mutex_);
    MoveTimes(step);
  }
  move_samples();
}

void RuleSet::Stop() {
  const MutexLock lock(mutex_);
  is_stopped_ = true;
  interruption_.request_stop();
}

void RuleSet::Submit(Timestamp time) {
  const MutexLock lock(mutex_);
  AnnounceTime(time);
  for (const auto& entry : current_->entries) {
    entry->schedule.OnCollection(time);
    entry->group.CountMissed(entry->schedule.TakeMissed());
    QueueOf(*entry).Add(*entry);
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
      for (const auto& entry : current_->entries) {
        if (entry->group.Records() == records) {
          entry->schedule.Force(now);
          QueueOf(*entry).Add(*entry);
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

  const Finally release([&] { Release(*claim); });
  if (claim->clock_step != Duration(0)) {
    claim->entry.group.MoveTimes(claim->clock_step);
  }
  claim->entry.group.Evaluate(samples, claim->time, claim->shared.get(), claim->stop);
  Finish(*claim);
  return true;
}

/// Does what is to be done while no group is evaluated.
void RuleSet::WorkInPause() {
  {
    const MutexLock lock(mutex_);
    if (!anchor_ || (next_ == nullptr && is_restored_ && !has_restored_ && unsent_.empty())) {
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
  }
}

void RuleSet::DueQueue::Add(Entry& entry) {
  if (!entry.schedule.is_due() || entry.busy_since || std::exchange(entry.is_queued, true)) {
    return;
  }
  (first_ == nullptr ? first_ : last_->next_due) = &entry;
  last_ = &entry;
}

RuleSet::Entry& RuleSet::DueQueue::Take() {
  Entry& entry = *first_;
  first_ = std::exchange(entry.next_due, nullptr);
  entry.is_queued = false;
  return entry;
}

/// Groups that wait for a collection come first: nothing delays their alerts.
RuleSet::DueQueue& RuleSet::QueueOf(const Entry& entry) {
  return entry.schedule.has_slots() ? due_in_slots_ : due_on_collection_;
}

/// Adds the groups whose slots have begun to the queue.
void RuleSet::FindDueSlots() {
  if (Now() < next_slot_) {
    return;
  }
  Timestamp next = Timestamp::max();
  for (const auto& entry : current_->entries) {
    entry->schedule.OnTime(Now());
    entry->group.CountMissed(entry->schedule.TakeMissed());
    QueueOf(*entry).Add(*entry);
    next = std::min(next, entry->schedule.NextSlot().value_or(Timestamp::max()));
  }
  next_slot_ = next;
}

/// Makes the queues those of the present groups.
void RuleSet::QueueAll() {
  due_on_collection_ = DueQueue();
  due_in_slots_ = DueQueue();
  for (const auto& entry : current_->entries) {
    QueueOf(*entry).Add(*entry);
  }
  next_slot_ = Timestamp::min();
}

std::optional<RuleSet::Claim> RuleSet::ClaimDue() {
  const MutexLock lock(mutex_);
  if (!anchor_) {
    return std::nullopt;
  }
  FindDueSlots();
  DueQueue& queue = due_on_collection_.empty() ? due_in_slots_ : due_on_collection_;
  // A replacement waits until no group is evaluated: no other one may begin meanwhile.
  const bool is_replacing = next_ != nullptr && busy_ > 0;
  if (queue.empty() || is_replacing || !MayBegin()) {
    return std::nullopt;
  }
  Entry& chosen = queue.Take();
  const Timestamp time = chosen.schedule.Take();
  auto shared = SharedAt(time - chosen.group.query_offset());
  chosen.busy_since = deps_.clock.SteadyNow();
  ++busy_;
  return Claim{chosen, time, std::exchange(chosen.clock_step, Duration(0)), std::move(shared),
               interruption_.get_token()};
}

void RuleSet::Release(const Claim& claim) {
  const MutexLock lock(mutex_);
  claim.entry.busy_since.reset();
  QueueOf(claim.entry).Add(claim.entry);  // It may have become due meanwhile.
  EndBusy();
}

/// Publishes when the last group that is due was evaluated, or earlier if there are changes.
void RuleSet::Finish(const Claim& claim) {
  Group& group = claim.entry.group;
  GroupStatus status = group.Status();
  {
    const MutexLock lock(mutex_);
    claim.entry.status = std::move(status);
    const bool is_last = due_on_collection_.empty() && due_in_slots_.empty();
    if (is_last) {
      shared_values_.reset();
    }
    if (is_last || !group.unsent().empty()) {
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
  for (const auto& entry : current_->entries) {
    if (const auto slot = entry->schedule.NextSlot(); slot && (!next || *slot < *next)) {
      next = slot;
    }
  }
  return next && anchor_ ? std::optional(anchor_->at + (*next - anchor_->time)) : std::nullopt;
}

std::optional<SteadyTime> RuleSet::BusySince() const {
  const MutexLock lock(mutex_);
  std::optional<SteadyTime> oldest;
  for (const auto& entry : current_->entries) {
    if (entry->busy_since && (!oldest || *entry->busy_since < *oldest)) {
      oldest = entry->busy_since;
    }
  }
  return oldest;
}

void RuleSet::Replace(std::vector<RuleGroup> groups) {
  std::unique_ptr<Version> next = MakeVersion(std::move(groups));
  const MutexLock lock(mutex_);
  next_.swap(next);
  if (next != nullptr) {  // A replacement that was never applied.
    RemoveMetricsOfUnusedGroups(*next);
  }
}

std::unique_ptr<RuleSet::Version> RuleSet::MakeVersion(std::vector<RuleGroup> groups) const {
  auto version = std::make_unique<Version>();
  for (RuleGroup& definition : groups) {
    version->entries.push_back(MakeEntry(std::move(definition)));
  }
  version->shared_expressions = FindSharedExpressions(version->entries);
  return version;
}

void RuleSet::RemoveMetricsOfUnusedGroups(const Version& unused) {
  std::unordered_set<std::string_view> used;
  for (const Version* const version : {current_.get(), next_.get()}) {
    for (const auto& entry : version->entries) {
      used.insert(entry->group.key());
    }
  }
  for (const auto& entry : unused.entries) {
    if (!used.contains(entry->group.key())) {
      entry->group.RemoveMetrics();
    }
  }
}

/// Runs in a pause, so that nobody else uses the groups. What may throw comes before the exchange:
/// an exception leaves everything as it was, and the next call tries again.
void RuleSet::ApplyReplacement() {
  std::unique_ptr<Version> next;
  Version* current = nullptr;
  Timestamp now{};
  {
    const MutexLock lock(mutex_);
    if (next_ == nullptr) {
      return;
    }
    next = std::move(next_);
    current = current_.get();
    now = Now();
  }
  Exchange exchange;
  try {
    exchange = PlanExchange(*current, *next, now);
    const MutexLock lock(mutex_);
    unsent_.reserve(unsent_.size() + exchange.changes.size());
    ended_.reserve(ended_.size() + exchange.ended.size());
  } catch (...) {
    const MutexLock lock(mutex_);
    if (next_ == nullptr) {
      next_ = std::move(next);
    }
    throw;
  }
  {
    const MutexLock lock(mutex_);
    Apply(exchange);
    current_.swap(next);
    QueueAll();
    shared_values_.reset();
  }
  FinishExchange(exchange, now);
}

/// Returns what changes when `next` takes the place of `current`.
RuleSet::Exchange RuleSet::PlanExchange(Version& current, Version& next, Timestamp now) {
  Exchange exchange;
  std::unordered_map<std::string_view, Entry*> before;
  for (const auto& entry : current.entries) {
    entry->group.MoveTimes(std::exchange(entry->clock_step, Duration(0)));
    before.emplace(entry->group.id(), entry.get());
  }
  for (const auto& entry : next.entries) {
    const auto old = before.find(entry->group.id());
    if (old == before.end()) {
      exchange.added.push_back(entry.get());
      continue;
    }
    Group::Continuation plan = entry->group.PlanToContinue(old->second->group, now);
    std::move(plan.changes.begin(), plan.changes.end(), std::back_inserter(exchange.changes));
    exchange.continued.push_back({entry.get(), old->second, std::move(plan)});
    before.erase(old);
  }
  for (const auto& entry : current.entries) {
    if (before.contains(entry->group.id())) {
      PlanRemoval(*entry, now, exchange);
    }
  }
  return exchange;
}

/// The alerts of a group that is gone are resolved. Its series end later: by then, a group with a
/// new name may have continued them.
void RuleSet::PlanRemoval(Entry& entry, Timestamp now, Exchange& exchange) {
  const Group& group = entry.group;
  exchange.changes.insert(exchange.changes.end(), group.unsent().begin(), group.unsent().end());
  std::vector<Alert> resolved = group.Resolve(now);
  std::move(resolved.begin(), resolved.end(), std::back_inserter(exchange.changes));
  if (LabelsSet series = group.Series(); !series.empty()) {
    exchange.ended.push_back({.series = std::move(series),
                              .time = now - group.query_offset(),
                              .due = now + 2 * group.interval()});
  }
  exchange.gone.push_back(&entry);
}

/// A new group without an interval is evaluated as of the last collection.
void RuleSet::Apply(Exchange& exchange) noexcept {
  for (Exchange::Continued& each : exchange.continued) {
    each.entry->schedule.Continue(each.before->schedule);
    each.entry->group.Continue(each.before->group, std::move(each.plan));
  }
  for (Entry* const added : exchange.added) {
    added->schedule.OnCollection(anchor_->time);
  }
  std::move(exchange.changes.begin(), exchange.changes.end(), std::back_inserter(unsent_));
  std::move(exchange.ended.begin(), exchange.ended.end(), std::back_inserter(ended_));
}

/// Saves and publishes the alerts after an exchange.
void RuleSet::FinishExchange(const Exchange& exchange, Timestamp now) {
  for (const Exchange::Continued& each : exchange.continued) {
    each.entry->group.SaveAlerts(now);
  }
  for (Entry* const gone : exchange.gone) {
    gone->group.DeleteSaved(now);
    gone->group.RemoveMetrics();
  }
  std::vector<GroupStatus> status;
  for (const Exchange::Continued& each : exchange.continued) {
    status.push_back(each.entry->group.Status());
  }
  const MutexLock lock(mutex_);
  for (std::size_t i = 0; i < status.size(); ++i) {
    exchange.continued[i].entry->status = std::move(status[i]);
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
    if (ended_.empty() || !MayBegin()) {
      return;
    }
    const auto is_waiting = [now = Now()](const EndedSeries& ended) { return now < ended.due; };
    const auto first = std::partition(ended_.begin(), ended_.end(), is_waiting);
    due.assign(std::make_move_iterator(first), std::make_move_iterator(ended_.end()));
    ended_.erase(first, ended_.end());
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

void RuleSet::Publish() {
  auto status = std::make_shared<RulesStatus>();
  for (const auto& entry : current_->entries) {
    status->groups.push_back(entry->status);
  }
  status_.Set(std::move(status));
}

}  // namespace hakem::rules
