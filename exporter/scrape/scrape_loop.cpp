#include "exporter/scrape/scrape_loop.h"

#include <algorithm>
#include <exception>
#include <iterator>
#include <utility>

#include "exporter/scrape/tick_time.h"
#include "model/contained.h"

namespace hakem::exporter {
namespace {

using collectors::CollectorSpec;

constexpr SessionLimits kFastLimits{.statement = std::chrono::seconds(2)};
constexpr SessionLimits kSlowLimits{.statement = std::chrono::seconds(30)};

Labels ConstantLabels(const ScrapeOptions& options) {
  return options.target_labels.With("server", options.server);
}

SessionLimits LimitsOf(collectors::Lane kind, const ScrapeOptions& options) {
  SessionLimits limits = kind == collectors::Lane::kFast ? kFastLimits : kSlowLimits;
  limits.statement = std::min(limits.statement, options.longest_statement);
  return limits;
}

std::vector<const CollectorSpec*> EnabledCollectors(const ScrapeOptions& options) {
  std::vector<const CollectorSpec*> enabled;
  std::copy_if(options.collectors.begin(), options.collectors.end(), std::back_inserter(enabled),
               [&](const CollectorSpec* spec) {
                 const auto set = options.enabled.find(std::string(spec->name));
                 return set != options.enabled.end() ? set->second : spec->enabled_by_default;
               });
  return enabled;
}

Lane MakeLane(collectors::Lane kind, const ScrapeOptions& options, const ScrapeDeps& deps,
              const RateDivisorTable* rate_divisors) {
  const bool fast = kind == collectors::Lane::kFast;
  std::vector<const CollectorSpec*> specs = EnabledCollectors(options);
  std::erase_if(specs, [&](const CollectorSpec* spec) { return spec->lane != kind; });
  return Lane({.kind = kind,
               .limits = LimitsOf(kind, options),
               .collectors = std::move(specs),
               .collector_options = {.interval = fast ? options.fast : options.slow,
                                     .games = options.games,
                                     .statements = options.statements,
                                     .game_store = options.game_store},
               .limits_of = options.limits,
               .max_series = options.max_series,
               .databases = options.databases,
               .constant_labels = ConstantLabels(options)},
              {.sessions = deps.sessions,
               .clock = deps.clock,
               .log = deps.log,
               .rate_divisors = rate_divisors,
               .make_series = deps.make_series});
}

TargetState MakeState(const ScrapeOptions& options) {
  return TargetState({.fast_interval = options.fast,
                      .slow_interval = options.slow,
                      .fast_timeout = LimitsOf(collectors::Lane::kFast, options).statement,
                      .cost_budget = options.cost_budget},
                     EnabledCollectors(options));
}

Snapshot MakeSnapshot(Timestamp time, const Labels& target_labels,
                      std::vector<MetricFamily> collected, std::vector<MetricFamily> about_target,
                      FamilyMerger& merger, const ScrapeDeps& deps) {
  std::vector<MetricFamily> families = std::move(collected);
  std::move(about_target.begin(), about_target.end(), std::back_inserter(families));
  if (deps.own_families) {
    std::vector<MetricFamily> own = deps.own_families();
    std::move(own.begin(), own.end(), std::back_inserter(families));
  }
  return {
      .time = time, .families = merger.Merge(std::move(families)), .target_labels = target_labels};
}

/// Runs one round of each lane, and the visits.
Result<TargetState> CollectBothLanes(const ScrapeOptions& options, const ScrapeDeps& deps) {
  TargetState state = MakeState(options);
  for (const collectors::Lane kind : {collectors::Lane::kFast, collectors::Lane::kSlow}) {
    Lane lane = MakeLane(kind, options, deps, nullptr);
    for (bool more = true; more;) {
      LaneRound round = lane.Collect({});
      if (round.failure && kind == collectors::Lane::kFast) {
        return Fail(round.failure->error);
      }
      more = round.more;
      state.Apply(kind, std::move(round), deps.clock.SteadyNow(), deps.clock.Now());
    }
  }
  return state;
}

}  // namespace

ScrapeLoop::ScrapeLoop(ScrapeOptions options, ScrapeDeps deps)
    : options_(std::move(options)),
      deps_(std::move(deps)),
      log_(deps_.log.For("scrape_loop")),
      target_families_(ConstantLabels(options_)),
      state_(MakeState(options_)) {}

ScrapeLoop::~ScrapeLoop() {
  Stop();
}

void ScrapeLoop::Start() {
  const auto done = [this](collectors::Lane lane, LaneRound round) {
    ReceiveRound(lane, std::move(round));
  };
  fast_.emplace(MakeLane(collectors::Lane::kFast, options_, deps_, &rate_divisors_), deps_.clock,
                log_, done);
  slow_.emplace(MakeLane(collectors::Lane::kSlow, options_, deps_, &rate_divisors_), deps_.clock,
                log_, done);
  clock_thread_ = std::jthread([this](const std::stop_token& stop) { Run(stop); });
}

void ScrapeLoop::Stop() {
  ReleaseWaiting();
  clock_thread_.request_stop();
  if (fast_) {
    fast_->RequestStop();
    slow_->RequestStop();
  }
  if (clock_thread_.joinable()) {
    clock_thread_.join();
  }
  slow_.reset();
  fast_.reset();
}

TargetStatus ScrapeLoop::Status() const {
  const MutexLock lock(mutex_);
  return state_.Status(deps_.clock.SteadyNow());
}

void ScrapeLoop::CollectNow(SteadyTime deadline) {
  Wakeup published;
  std::uint64_t wanted = 0;
  {
    const MutexLock lock(mutex_);
    wanted = ticks_begun_ + 1;  // A running tick may have collected before this call.
    requested_tick_ = wanted;
    waiting_.push_back(&published);
  }
  tick_requested_.Wake();
  const std::stop_token released = released_.get_token();
  while (TicksPublished() < wanted && deps_.clock.SteadyNow() < deadline &&
         !released.stop_requested()) {
    published.SleepUntil(deps_.clock, deadline, released);
  }
  const MutexLock lock(mutex_);
  std::erase(waiting_, &published);
}

void ScrapeLoop::Run(const std::stop_token& stop) {
  SteadyTime next = deps_.clock.SteadyNow();
  while (!stop.stop_requested()) {
    const SteadyTime begun = deps_.clock.SteadyNow();
    RunContained(log_, "tick failed", [&] { Tick(stop); });
    // Missed ticks are skipped, so that the next ones stay on the grid of the interval.
    while (next <= begun || next < deps_.clock.SteadyNow()) {
      next += options_.fast;
    }
    if (!RunContained(log_, "waiting for the next tick failed", [&] { Rest(begun, next, stop); })) {
      deps_.clock.SleepUntil(next, stop);
    }
  }
}

/// Sleeps until the next tick, or until one is requested and the shortest rest has passed.
void ScrapeLoop::Rest(SteadyTime begun, SteadyTime next, const std::stop_token& stop) {
  for (SteadyTime now = deps_.clock.SteadyNow(); now < next && !stop.stop_requested();
       now = deps_.clock.SteadyNow()) {
    const bool requested = IsTickRequested();
    if (requested && now >= begun + kShortestRest) {
      return;
    }
    tick_requested_.SleepUntil(deps_.clock,
                               requested ? std::min(next, begun + kShortestRest) : next, stop);
  }
}

bool ScrapeLoop::IsTickRequested() const {
  const MutexLock lock(mutex_);
  return requested_tick_ > ticks_begun_;
}

std::uint64_t ScrapeLoop::TicksPublished() const {
  const MutexLock lock(mutex_);
  return ticks_published_;
}

void ScrapeLoop::Tick(const std::stop_token& stop) {
  tick_time_ = TickTime(tick_time_, deps_.clock.Now(), options_.fast);
  {
    const MutexLock lock(mutex_);
    ++ticks_begun_;
  }
  const SteadyTime deadline =
      deps_.clock.SteadyNow() + std::min(options_.fast, kFastLimits.statement + kClientGrace);
  const std::uint64_t rounds = FastRounds();
  const bool requested = fast_->RequestRound();  // False while an earlier round hangs.
  while (requested && FastRounds() == rounds && deps_.clock.SteadyNow() < deadline &&
         !stop.stop_requested()) {
    fast_done_.SleepUntil(deps_.clock, deadline, stop);
  }
  if (stop.stop_requested()) {
    return;
  }
  RequestSlowLane();
  Publish();
  const MutexLock lock(mutex_);
  ticks_published_ = ticks_begun_;
  for (Wakeup* const waiting : waiting_) {
    waiting->Wake();
  }
}

/// While the server is down, only the fast lane tries to connect. When the fast lane loses its
/// connection, one round of the slow lane finds out whether its own is lost too.
void ScrapeLoop::RequestSlowLane() {
  constexpr auto kFast = collectors::Lane::kFast;
  constexpr auto kSlow = collectors::Lane::kSlow;
  const SteadyTime now = deps_.clock.SteadyNow();
  bool wanted = false;
  {
    const MutexLock lock(mutex_);
    const bool found = state_.reached(kFast);
    const bool lost = server_found_ && !found;
    if (!state_.reached(kSlow) || lost) {
      slow_due_ = now;
    }
    wanted = found || (lost && state_.connected(kSlow));
    server_found_ = found;
  }
  if (wanted && now >= slow_due_ && slow_->RequestRound()) {
    slow_due_ = now + options_.slow;
  }
}

std::uint64_t ScrapeLoop::FastRounds() const {
  const MutexLock lock(mutex_);
  return state_.rounds(collectors::Lane::kFast);
}

void ScrapeLoop::SetRateDivisor(const CollectorSpec& spec, int rate_divisor) {
  const int before = rate_divisors_.Of(&spec);
  if (rate_divisor == before) {
    return;
  }
  rate_divisors_.Set(&spec, rate_divisor);
  log_.Info(rate_divisor > before ? "collector slowed: the collectors cost more than their budget"
                                  : "collector runs more often again",
            {{"collector", spec.name}, {"runs_in_one_round_of", rate_divisor}});
}

void ScrapeLoop::ReceiveRound(collectors::Lane lane, LaneRound round) {
  std::vector<std::pair<const CollectorSpec*, int>> divisors;
  {
    const MutexLock lock(mutex_);
    state_.Apply(lane, std::move(round), deps_.clock.SteadyNow(), deps_.clock.Now());
    divisors = state_.RateDivisors();
  }
  for (const auto& [spec, rate_divisor] : divisors) {
    SetRateDivisor(*spec, rate_divisor);
  }
  if (lane == collectors::Lane::kFast) {
    fast_done_.Wake();
  }
}

void ScrapeLoop::Publish() {
  const SteadyTime now = deps_.clock.SteadyNow();
  std::vector<MetricFamily> collected;
  TargetStatus status;
  {
    const MutexLock lock(mutex_);
    collected = state_.Families(now);
    status = state_.Status(now);
  }
  const auto snapshot = std::make_shared<const Snapshot>(
      MakeSnapshot(*tick_time_, options_.target_labels, std::move(collected),
                   target_families_.Write(status), merger_, deps_));
  if (deps_.on_snapshot) {
    deps_.on_snapshot(snapshot, status);
  }
}

OnDemandCollection::OnDemandCollection(ScrapeOptions options, ScrapeDeps deps)
    : options_(std::move(options)),
      deps_(std::move(deps)),
      target_families_(ConstantLabels(options_)),
      state_(MakeState(options_)),
      fast_(MakeLane(collectors::Lane::kFast, options_, deps_, nullptr)),
      slow_(MakeLane(collectors::Lane::kSlow, options_, deps_, nullptr)) {}

Snapshot OnDemandCollection::Collect(const std::stop_token& stop) {
  RunLane(fast_, stop);
  const SteadyTime started = deps_.clock.SteadyNow();
  if (state_.reached(collectors::Lane::kFast) && started >= slow_due_) {
    RunLane(slow_, stop);
    slow_due_ = started + options_.slow;
  }
  const SteadyTime now = deps_.clock.SteadyNow();
  return MakeSnapshot(deps_.clock.Now(), options_.target_labels, state_.Families(now),
                      target_families_.Write(state_.Status(now)), merger_, deps_);
}

void OnDemandCollection::RunLane(Lane& lane, const std::stop_token& stop) {
  for (bool more = true; more && !stop.stop_requested();) {
    LaneRound round = lane.Collect(stop);
    more = round.more;
    state_.Apply(lane.kind(), std::move(round), deps_.clock.SteadyNow(), deps_.clock.Now());
  }
}

Result<Snapshot> CollectOnce(const ScrapeOptions& options, const ScrapeDeps& deps,
                             TargetStatus* status) {
  return CollectBothLanes(options, deps).transform([&](const TargetState& state) {
    const SteadyTime now = deps.clock.SteadyNow();
    TargetFamilies about_target(ConstantLabels(options));
    FamilyMerger merger;
    TargetStatus found = state.Status(now);
    Snapshot snapshot = MakeSnapshot(deps.clock.Now(), options.target_labels, state.Families(now),
                                     about_target.Write(found), merger, deps);
    if (status != nullptr) {
      *status = std::move(found);
    }
    return snapshot;
  });
}

Result<TargetStatus> InspectOnce(const ScrapeOptions& options, const ScrapeDeps& deps) {
  return CollectBothLanes(options, deps).transform([&](const TargetState& state) {
    return state.Status(deps.clock.SteadyNow());
  });
}

}  // namespace hakem::exporter
