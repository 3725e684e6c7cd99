#include "exporter/scrape/collector_unit.h"

#include <fmt/format.h>

#include <exception>
#include <utility>

#include "exporter/scrape/requirements.h"

namespace hakem::exporter {
namespace {

using collectors::Rows;
using collectors::ServerFacts;
using collectors::Session;

/// Counts statements and sums how long they took.
class TimedSession final : public Session {
 public:
  TimedSession(Session& session, const Clock& clock) : session_(session), clock_(clock) {}

  Result<Rows> Query(std::string_view sql) override {
    const SteadyTime started = clock_.SteadyNow();
    auto rows = session_.Query(sql);
    taken_ += clock_.SteadyNow() - started;
    ++statements_;
    return rows;
  }

  void Configure(const collectors::RoundOptions& options) override { session_.Configure(options); }

  const ServerFacts& facts() const override { return session_.facts(); }

  SteadyTime::duration taken() const { return taken_; }

  int statements() const { return statements_; }

 private:
  Session& session_;
  const Clock& clock_;
  SteadyTime::duration taken_{0};
  int statements_ = 0;
};

}  // namespace

CollectorUnit::CollectorUnit(const collectors::CollectorSpec& spec,
                             const collectors::CollectorOptions& options, Origin origin,
                             const Log& log)
    : spec_(&spec),
      database_(std::move(origin.database)),
      collector_(spec.make(options)),
      sink_(std::move(origin.constant_labels),
            {.series = static_cast<std::size_t>(options.max_series),
             .kept_label = spec.scope == collectors::Scope::kDatabase ? "datname" : ""},
            std::move(origin.make)),
      log_(log.For(fmt::format("collectors.{}", spec.name))),
      breaker_(options.interval) {}

CollectorRound CollectorUnit::Run(Session& session, const Clock& clock) {
  CollectorRound round{.spec = spec_,
                       .database = database_,
                       .unmet_requirement = UnmetRequirement(spec_->requirements, session.facts())};
  if (round.unmet_requirement) {
    breaker_.Succeeded();  // It runs as soon as the requirement is met.
    last_error_.clear();
    return round;
  }
  if (!breaker_.Allows(clock.SteadyNow())) {
    round.circuit_open = true;
    round.error = {ErrorCode::kRefused,
                   fmt::format("not run: it failed {} times in a row, last with: {}",
                               breaker_.failures(), last_error_)};
    return round;
  }
  Collect(session, clock, round);
  RecordOutcome(round, clock.SteadyNow());
  round.circuit_open = breaker_.open();
  return round;
}

CollectorRound CollectorUnit::Unreached(const Error& error) const {
  return {.spec = spec_, .database = database_, .error = error};
}

void CollectorUnit::Collect(Session& session, const Clock& clock, CollectorRound& round) {
  TimedSession timed(session, clock);
  const SteadyTime started = clock.SteadyNow();
  timed.Configure(spec_->round);
  try {
    const auto collected =
        collector_->Collect({.session = timed, .clock = clock, .log = log_}, sink_);
    if (!collected) {
      round.error = collected.error();
    }
  } catch (const std::exception& exception) {
    round.error = Error{ErrorCode::kInternal, exception.what()};
  }
  timed.Configure({});  // The lane's own statements run with the defaults.
  if (round.error) {
    sink_.Discard();
  } else {
    round.families = sink_.Take();
  }
  round.duplicates = sink_.duplicates();
  round.overflow_rows = sink_.overflow_rows();
  round.duration = clock.SteadyNow() - started;
  round.db_time = timed.taken();
  round.statements = timed.statements();
}

void CollectorUnit::LogOverflow(const CollectorRound& round) {
  if (round.overflow_rows > 0 && !overflow_logged_) {
    log_.Warn("collector found more rows than its limits: the rest is summed into \"other\"",
              {{"collector", spec_->name}, {"database", database_}, {"rows", round.overflow_rows}});
  }
  overflow_logged_ = round.overflow_rows > 0;
}

/// Ignores a lost connection: the lane logs it once, and it is not the fault of the collector.
void CollectorUnit::RecordOutcome(const CollectorRound& round, SteadyTime now) {
  if (round.error && round.error->code == ErrorCode::kUnavailable) {
    return;
  }
  if (!round.error) {
    LogOverflow(round);
    if (!last_error_.empty()) {
      log_.Info("collector recovered", {{"collector", spec_->name}, {"database", database_}});
    }
    last_error_.clear();
    breaker_.Succeeded();
    return;
  }
  const bool was_open = breaker_.open();
  breaker_.Failed(now);
  if (last_error_.empty()) {
    log_.Warn("collector failed", {{"collector", spec_->name},
                                   {"database", database_},
                                   {"code", round.error->code},
                                   {"error", round.error->message},
                                   {"duration_seconds", ToSeconds(round.duration)}});
  } else if (breaker_.open() && !was_open) {
    log_.Warn(
        "collector runs less often: it keeps failing",
        {{"collector", spec_->name}, {"database", database_}, {"error", round.error->message}});
  }
  last_error_ = round.error->message;
}

}  // namespace hakem::exporter
