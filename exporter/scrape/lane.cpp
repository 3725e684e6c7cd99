#include "exporter/scrape/lane.h"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <utility>

#include "exporter/scrape/plan.h"
#include "exporter/session/backoff.h"

namespace hakem::exporter {
namespace {

using collectors::CollectorContext;
using collectors::CollectorSpec;
using collectors::Rows;
using collectors::ServerFacts;
using collectors::Session;

/// Asked before each round: whether the server answers, and still in the role that was planned for.
constexpr std::string_view kPingSql = "SELECT pg_is_in_recovery()";

/// Adds up how long statements took.
class TimedSession final : public Session {
 public:
  TimedSession(Session& session, const Clock& clock) : session_(session), clock_(clock) {}

  Result<Rows> Query(std::string_view sql) override {
    const SteadyTime started = clock_.SteadyNow();
    auto rows = session_.Query(sql);
    taken_ += clock_.SteadyNow() - started;
    return rows;
  }

  const ServerFacts& facts() const override { return session_.facts(); }

  SteadyTime::duration taken() const { return taken_; }

 private:
  Session& session_;
  const Clock& clock_;
  SteadyTime::duration taken_{0};
};

DownReason ReasonOf(ErrorCode code) {
  switch (code) {
    case ErrorCode::kTimeout:
      return DownReason::kTimeout;
    case ErrorCode::kUnavailable:
      return DownReason::kConnect;
    default:
      return DownReason::kOther;
  }
}

}  // namespace

std::string_view ToString(collectors::Lane lane) {
  return lane == collectors::Lane::kFast ? "fast" : "slow";
}

bool LaneRound::ok() const {
  const auto ran = [](const CollectorRound& round) { return !round.planned_out; };
  const auto succeeded = [](const CollectorRound& round) { return round.succeeded(); };
  return !failure && (std::none_of(collectors.begin(), collectors.end(), ran) ||
                      std::any_of(collectors.begin(), collectors.end(), succeeded));
}

Lane::Lane(LaneOptions options, const LaneDeps& deps)
    : options_(std::move(options)),
      sessions_(deps.sessions),
      clock_(deps.clock),
      log_(deps.log.For(fmt::format("collect.{}", ToString(options_.kind)))) {
  for (const CollectorSpec* spec : options_.collectors) {
    units_.push_back({.spec = spec,
                      .collector = spec->make(options_.collector_options),
                      .sink = collectors::SampleSink(options_.constant_labels),
                      .log = deps.log.For(fmt::format("collectors.{}", spec->name))});
  }
}

LaneRound Lane::Collect(const std::stop_token& stop) {
  LaneRound round;
  round.connected = EnsureSession(round, stop);
  for (Unit& unit : units_) {
    if (!session_) {
      round.collectors.push_back({.spec = unit.spec, .error = round.failure->error});
      continue;
    }
    // After a deadline of the client it is the deadline that cost the connection.
    const bool late = !round.collectors.empty() && round.collectors.back().error &&
                      round.collectors.back().error->code == ErrorCode::kTimeout;
    const CollectorRound& ran = round.collectors.emplace_back(Run(unit));
    if (ran.error && ran.error->code == ErrorCode::kUnavailable) {
      round.failure = {late ? DownReason::kTimeout : DownReason::kConnect, *ran.error};
      session_.reset();
    }
  }
  if (session_) {
    round.facts = session_->facts();
  }
  if (!stop.stop_requested()) {
    LogChange(round);
  }
  return round;
}

bool Lane::EnsureSession(LaneRound& round, const std::stop_token& stop) {
  if (session_ && !StillUsable(round)) {
    session_.reset();
  }
  if (!session_ && !round.failure) {
    Connect(round, stop);
  }
  return session_ != nullptr;
}

/// A connection that was lost between rounds, or whose server changed its role, is made again at
/// once; one whose server does not answer in time costs the round.
bool Lane::StillUsable(LaneRound& round) {
  const auto rows = session_->Query(kPingSql);
  if (rows) {
    return (rows->Text(0, 0) == "t") == session_->facts().in_recovery;
  }
  if (rows.error().code != ErrorCode::kUnavailable) {
    round.failure = {ReasonOf(rows.error().code), rows.error()};
  }
  return false;
}

void Lane::Connect(LaneRound& round, const std::stop_token& stop) {
  if (last_failure_ && clock_.SteadyNow() < next_attempt_) {
    round.failure = last_failure_;
    return;
  }
  auto session = sessions_.Connect(options_.limits, stop);
  if (session) {
    session_ = std::move(*session);
    failures_ = 0;
    last_failure_.reset();
    round.connects.emplace_back(std::nullopt);
    return;
  }
  const double jitter = std::uniform_real_distribution<double>()(jitter_);
  next_attempt_ = clock_.SteadyNow() + ReconnectDelay(++failures_, jitter);
  last_failure_ = session.error();
  round.failure = last_failure_;
  round.connects.emplace_back(session.error().reason);
}

CollectorRound Lane::Run(Unit& unit) {
  CollectorRound round{.spec = unit.spec,
                       .planned_out = WhyPlannedOut(unit.spec->gates, session_->facts())};
  if (round.planned_out) {
    return round;
  }
  TimedSession timed(*session_, clock_);
  const SteadyTime started = clock_.SteadyNow();
  try {
    const auto collected =
        unit.collector->Collect({.session = timed, .clock = clock_, .log = unit.log}, unit.sink);
    if (!collected) {
      round.error = collected.error();
    }
  } catch (const std::exception& exception) {
    round.error = Error{ErrorCode::kInternal, exception.what()};
  }
  round.families = unit.sink.Take();  // Also after an error, to throw away what was written.
  if (round.error) {
    round.families.clear();
  }
  round.duplicates = unit.sink.duplicates();
  round.duration = clock_.SteadyNow() - started;
  round.db_time = timed.taken();
  LogChange(unit, round);
  return round;
}

/// A lost connection is told once for the lane, not for each of its collectors.
void Lane::LogChange(Unit& unit, const CollectorRound& round) const {
  const bool failing = round.error && round.error->code != ErrorCode::kUnavailable;
  if (failing && !unit.failing) {
    unit.log.Warn("collector failed", {{"collector", unit.spec->name},
                                       {"code", round.error->code},
                                       {"error", round.error->message},
                                       {"duration_seconds", ToSeconds(round.duration)}});
  } else if (round.succeeded() && unit.failing) {
    unit.log.Info("collector recovered", {{"collector", unit.spec->name}});
  }
  if (failing || round.succeeded()) {
    unit.failing = failing;
  }
}

void Lane::LogChange(const LaneRound& round) {
  if (round.failure) {
    if (logged_down_ != round.failure->reason) {
      log_.Warn("database not reached", {{"reason", ToString(round.failure->reason)},
                                         {"error", round.failure->error.message}});
      logged_down_ = round.failure->reason;
    }
    return;
  }
  if (!round.connects.empty()) {
    const ServerFacts& facts = session_->facts();
    log_.Info(logged_down_ ? "database reached again" : "database reached",
              {{"version", FormatServerVersion(facts.version)},
               {"database", facts.database},
               {"role", facts.in_recovery ? "standby" : "primary"}});
    if (!facts.is_monitor) {
      log_.Warn("role is not a member of pg_monitor: some values are missing");
    }
  }
  logged_down_.reset();
}

}  // namespace hakem::exporter
