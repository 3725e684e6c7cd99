#include "exporter/scrape/lane.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "exporter/scrape/requirements.h"
#include "exporter/session/backoff.h"

namespace hakem::exporter {
namespace {

using collectors::CollectorSpec;
using collectors::Rows;
using collectors::ServerFacts;
using collectors::Session;

/// Run before each round. It checks that the server responds and that the facts which decide
/// whether collectors can run have not changed.
constexpr std::string_view kPingSql =
    "SELECT pg_is_in_recovery(), "
    "(SELECT string_agg(extname, ',' ORDER BY extname COLLATE \"C\") FROM pg_extension)";

/// The other databases of the server, and whether the role may connect to them.
constexpr std::string_view kDatabasesSql =
    "SELECT datname, has_database_privilege(datname, 'CONNECT') FROM pg_database "
    "WHERE datallowconn AND NOT datistemplate AND datname <> current_database() ORDER BY datname";

/// With at least this many databases, visits are rarer: each connection costs the server a process.
constexpr std::size_t kManyDatabases = 50;
constexpr Duration kVisitIntervalOfMany = std::chrono::minutes(10);

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
  const auto ran = [](const CollectorRound& round) { return !round.unmet_requirement; };
  const auto succeeded = [](const CollectorRound& round) { return round.succeeded(); };
  return !failure && (std::none_of(collectors.begin(), collectors.end(), ran) ||
                      std::any_of(collectors.begin(), collectors.end(), succeeded));
}

Lane::Lane(LaneOptions options, const LaneDeps& deps)
    : options_(std::move(options)),
      deps_(deps),
      log_(deps.log.For(fmt::format("collect.{}", ToString(options_.kind)))) {
  for (const CollectorSpec* spec : options_.collectors) {
    units_.push_back(MakeUnit(*spec, ""));
  }
}

CollectorUnit Lane::MakeUnit(const CollectorSpec& spec, std::string database) const {
  collectors::CollectorOptions options = options_.collector_options;
  if (const auto limit = options_.limits_of.find(std::string(spec.name));
      limit != options_.limits_of.end()) {
    options.limit = limit->second;
  }
  const auto max_series = options_.max_series.find(std::string(spec.name));
  options.max_series =
      max_series == options_.max_series.end() ? spec.default_max_series() : max_series->second;
  return {spec,
          options,
          {.constant_labels = options_.constant_labels,
           .make = deps_.make_series,
           .database = std::move(database)},
          deps_.log};
}

/// Whether the collector runs in this round: all run in the first, later every n-th, for a divisor
/// n.
bool Lane::IsItsTurn(const CollectorSpec& spec) const {
  const int divisor = deps_.rate_divisors == nullptr ? 1 : deps_.rate_divisors->Of(&spec);
  return (rounds_ - 1) % static_cast<std::uint64_t>(divisor) == 0;
}

LaneRound Lane::Collect(const std::stop_token& stop) {
  if (!to_visit_.empty()) {
    return Visit(stop);
  }
  LaneRound round = CollectAtHome(stop);
  if (session_) {
    ScheduleVisits(round);
    round.facts = session_->facts();
  }
  if (!stop.stop_requested()) {
    LogChange(round);
  }
  round.more = !to_visit_.empty();
  return round;
}

LaneRound Lane::CollectAtHome(const std::stop_token& stop) {
  LaneRound round;
  ++rounds_;
  round.connected = EnsureSession(round, stop);
  for (CollectorUnit& unit : units_) {
    if (!IsItsTurn(unit.spec())) {
      continue;
    }
    if (!session_) {
      round.collectors.push_back(unit.Unreached(round.failure->error));
      continue;
    }
    // The client closes the connection when its deadline passes. Then the reason is the timeout.
    const bool late = !round.collectors.empty() && round.collectors.back().error &&
                      round.collectors.back().error->code == ErrorCode::kTimeout;
    const CollectorRound& ran = round.collectors.emplace_back(unit.Run(*session_, deps_.clock));
    if (ran.error && ran.error->code == ErrorCode::kUnavailable) {
      round.failure = {late ? DownReason::kTimeout : DownReason::kConnect, *ran.error};
      session_.reset();
    }
  }
  return round;
}

/// Looks up the databases if a collector of this round runs in each of them and it is time.
void Lane::ScheduleVisits(LaneRound& round) {
  const SteadyTime now = deps_.clock.SteadyNow();
  const bool wanted =
      std::any_of(round.collectors.begin(), round.collectors.end(), [](const CollectorRound& ran) {
        return ran.spec->scope == collectors::Scope::kDatabase && !ran.unmet_requirement;
      });
  if (!wanted || now < next_lookup_) {
    return;
  }
  const auto rows = session_->Query(kDatabasesSql);
  if (!rows) {
    log_.Warn("databases not looked up", {{"error", rows.error().message}});
    return;
  }
  UpdateDatabases(round, *rows);
  const Duration interval = options_.collector_options.interval;
  const bool many = round.databases->size() >= kManyDatabases;
  round.visit_interval = many ? kVisitIntervalOfMany : interval;
  next_lookup_ = many ? now + kVisitIntervalOfMany - interval / 2
                      : now;  // Early, so that no round just misses it.
}

void Lane::UpdateDatabases(LaneRound& round, const Rows& rows) {
  round.databases = {session_->facts().database};
  for (std::size_t row = 0; row < rows.size(); ++row) {
    const std::string name(rows.Text(row, 0).value_or(""));
    if (!options_.databases.Admits(name)) {
      continue;
    }
    round.databases->push_back(name);
    OtherDatabase& database =
        other_databases_
            .try_emplace(name,
                         OtherDatabase{{}, CircuitBreaker(options_.collector_options.interval)})
            .first->second;
    if (rows.Text(row, 1) != "t") {
      round.refused.push_back({name, "the role lacks CONNECT on it"});
      LogChange(database, round.refused.back());
    } else if (database.breaker.Allows(deps_.clock.SteadyNow())) {
      to_visit_.push_back(name);
    }
  }
  std::erase_if(other_databases_, [&](const auto& entry) {
    return std::find(round.databases->begin(), round.databases->end(), entry.first) ==
           round.databases->end();
  });
}

/// Connects to the next database, runs the collectors there and closes the connection.
LaneRound Lane::Visit(const std::stop_token& stop) {
  LaneRound round;
  round.visit = {.name = to_visit_.front()};
  to_visit_.pop_front();
  session_.reset();  // Before the next connection is made: a lane never has two.
  OtherDatabase& database = other_databases_.at(round.visit->name);
  auto session = deps_.sessions.ConnectTo(round.visit->name, options_.limits, stop);
  if (session) {
    round.connects.emplace_back(std::nullopt);
    database.breaker.Succeeded();
    RunVisit(**session, database, round);
  } else {
    round.connects.emplace_back(session.error().reason);
    round.visit->error = session.error().error.message;
    database.breaker.Failed(deps_.clock.SteadyNow());
    if (session.error().reason != DownReason::kAuth &&
        session.error().reason != DownReason::kOther) {
      to_visit_.clear();  // The server does not respond, so no other database will.
    }
  }
  if (!stop.stop_requested()) {
    LogChange(database, *round.visit);
  }
  round.more = !to_visit_.empty();
  return round;
}

void Lane::RunVisit(Session& session, OtherDatabase& database, LaneRound& round) {
  if (database.units.empty()) {
    for (const CollectorSpec* spec : options_.collectors) {
      if (spec->scope == collectors::Scope::kDatabase) {
        database.units.push_back(MakeUnit(*spec, round.visit->name));
      }
    }
  }
  for (CollectorUnit& unit : database.units) {
    if (!IsItsTurn(unit.spec())) {
      continue;
    }
    const CollectorRound& ran = round.collectors.emplace_back(unit.Run(session, deps_.clock));
    if (ran.error && ran.error->code == ErrorCode::kUnavailable) {
      round.visit->error = ran.error->message;
      return;
    }
  }
}

void Lane::LogChange(OtherDatabase& database, const DatabaseVisit& visit) const {
  if (!visit.error.empty() && database.last_error.empty()) {
    log_.Warn("database not visited", {{"database", visit.name}, {"error", visit.error}});
  } else if (visit.error.empty() && !database.last_error.empty()) {
    log_.Info("database visited again", {{"database", visit.name}});
  }
  database.last_error = visit.error;
}

bool Lane::EnsureSession(LaneRound& round, const std::stop_token& stop) {
  if (session_ && !CheckSession(round)) {
    session_.reset();
  }
  if (!session_ && !round.failure) {
    Connect(round, stop);
  }
  return session_ != nullptr;
}

/// Returns whether the connection can be kept. It is made again at once if it was lost between
/// rounds or if the server's role or extensions changed. A server that does not respond in time
/// fails the round.
bool Lane::CheckSession(LaneRound& round) {
  const SteadyTime started = deps_.clock.SteadyNow();
  const auto rows = session_->Query(kPingSql);
  if (rows) {
    round.round_trip = deps_.clock.SteadyNow() - started;
    const ServerFacts& facts = session_->facts();
    return (rows->Text(0, 0) == "t") == facts.in_recovery &&
           rows->Text(0, 1).value_or("") == fmt::format("{}", fmt::join(facts.extensions, ","));
  }
  if (rows.error().code != ErrorCode::kUnavailable) {
    round.failure = {ReasonOf(rows.error().code), rows.error()};
  }
  return false;
}

void Lane::Connect(LaneRound& round, const std::stop_token& stop) {
  if (last_failure_ && deps_.clock.SteadyNow() < next_attempt_) {
    round.failure = last_failure_;
    return;
  }
  auto session = deps_.sessions.Connect(options_.limits, stop);
  if (session) {
    session_ = std::move(*session);
    failures_ = 0;
    last_failure_.reset();
    round.connects.emplace_back(std::nullopt);
    return;
  }
  const double jitter = std::uniform_real_distribution<double>()(jitter_);
  next_attempt_ = deps_.clock.SteadyNow() + ReconnectDelay(++failures_, jitter);
  last_failure_ = session.error();
  round.failure = last_failure_;
  round.connects.emplace_back(session.error().reason);
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
  const ServerFacts& facts = session_->facts();
  if (logged_down_ || logged_recovery_ != facts.in_recovery) {
    logged_recovery_ = facts.in_recovery;
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
