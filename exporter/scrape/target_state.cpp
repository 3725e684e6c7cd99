#include "exporter/scrape/target_state.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace hakem::exporter {
namespace {

using collectors::CollectorSpec;

constexpr std::string_view kConnected = "ok";

/// The cost of a round is averaged over about this time, and over at least four rounds.
constexpr Duration kCostWindow = std::chrono::seconds(100);

/// The weight of the newest round in that average.
double WeightOfRound(Duration interval) {
  return std::min(0.25, ToSeconds(interval) / ToSeconds(kCostWindow));
}

std::size_t CountSeries(const std::vector<MetricFamily>& families) {
  std::size_t count = 0;
  for (const MetricFamily& family : families) {
    count += family.samples.size();
  }
  return count;
}

/// The failure of a round with a connection, in which every collector failed.
ConnectFailure CollectorsFailure(const LaneRound& round) {
  const auto failed = std::find_if(round.collectors.begin(), round.collectors.end(),
                                   [](const CollectorRound& each) { return each.error; });
  return {failed->error->code == ErrorCode::kTimeout ? DownReason::kTimeout : DownReason::kOther,
          *failed->error};
}

}  // namespace

TargetState::TargetState(const Options& options, const std::vector<const CollectorSpec*>& specs)
    : up_within_(2 * options.fast_interval + options.fast_timeout),
      cost_budget_(options.cost_budget) {
  for (const CollectorSpec* spec : specs) {
    const Duration interval =
        spec->lane == collectors::Lane::kFast ? options.fast_interval : options.slow_interval;
    collectors_.push_back({.spec = spec, .interval = interval});
  }
  connects_total_[kConnected] = 0;
  for (const DownReason reason : kDownReasons) {
    connects_total_[ToString(reason)] = 0;
  }
}

void TargetState::Apply(collectors::Lane lane, LaneRound round, SteadyTime now, Timestamp wall) {
  const bool ok = round.ok();
  LaneState& state = lanes_[Index(lane)];
  state.connected = round.facts.has_value();
  for (const auto& refused : round.connects) {
    ++connects_total_[refused ? ToString(*refused) : kConnected];
  }
  ApplyDatabases(round);
  if (!round.visit) {  // The failure of a visit may be due to its database alone.
    state.reached = round.connected;
    ++state.rounds;
  }
  if (lane == collectors::Lane::kFast) {
    if (ok) {
      fast_success_ = now;
      fast_failure_.reset();
    } else {
      fast_failure_ = round.failure ? round.failure : CollectorsFailure(round);
    }
  }
  if (round.facts) {
    facts_ = std::move(round.facts);
  }
  if (round.round_trip) {
    round_trip_ = *round.round_trip;
  }
  CapLastSuccess(wall);
  for (CollectorRound& collector : round.collectors) {
    Apply(std::move(collector), now, wall);
  }
  UpdateRateDivisors();
}

/// If the system clock was set back, successes from before would seem to be in the future.
void TargetState::CapLastSuccess(Timestamp wall) {
  for (CollectorState& state : collectors_) {
    for (auto& [database, in_database] : state.databases) {
      if (in_database.last_success) {
        in_database.last_success = std::min(*in_database.last_success, wall);
      }
    }
  }
}

/// The values of a database that was dropped, or is no longer watched, end at once.
void TargetState::ApplyDatabases(const LaneRound& round) {
  if (round.visit) {
    visits_[round.visit->name] = round.visit->error;
  }
  for (const DatabaseVisit& refused : round.refused) {
    visits_[refused.name] = refused.error;
  }
  if (!round.databases) {
    return;
  }
  const auto is_gone = [&](const auto& entry) {
    return !entry.first.empty() && std::find(round.databases->begin(), round.databases->end(),
                                             entry.first) == round.databases->end();
  };
  std::erase_if(visits_, is_gone);
  visit_interval_ = round.visit_interval;
  for (CollectorState& state : collectors_) {
    std::erase_if(state.databases, is_gone);
  }
}

void TargetState::Apply(CollectorRound round, SteadyTime now, Timestamp wall) {
  const auto state =
      std::find_if(collectors_.begin(), collectors_.end(),
                   [&](const CollectorState& each) { return each.spec == round.spec; });
  DatabaseState& in_database = state->databases[round.database];
  in_database.unmet_requirement = round.unmet_requirement;
  in_database.success = round.succeeded();
  in_database.circuit_open = round.circuit_open;
  in_database.error = round.error ? round.error->message : "";
  in_database.duration_seconds = ToSeconds(round.duration);
  state->db_seconds_total += ToSeconds(round.db_time);
  state->duplicates_total += round.duplicates;
  // Network time is not work of the database. The first round does not count, and the average
  // begins at 0: reading into cold caches is expensive once.
  const double cost = std::max(0.0, ToSeconds(round.db_time - round.statements * round_trip_));
  in_database.cost_seconds +=
      in_database.has_run ? WeightOfRound(state->interval) * (cost - in_database.cost_seconds) : 0;
  in_database.has_run = in_database.has_run || round.statements > 0;
  if (round.succeeded()) {
    in_database.last_success = wall;
    in_database.series = CountSeries(round.families);
    in_database.overflow_rows = round.overflow_rows;
  }
  if (!round.error) {  // An unmet requirement leaves no families, and ends those that are held.
    in_database.held.Put(std::move(round.families), now);
  }
}

std::vector<CollectorCost> TargetState::Costs() const {
  std::vector<CollectorCost> costs;
  for (const CollectorState& state : collectors_) {
    double seconds = 0;
    for (const auto& [database, in_database] : state.databases) {
      seconds += in_database.cost_seconds;
    }
    costs.push_back({.priority = state.spec->priority,
                     .seconds_per_round = seconds,
                     .interval_seconds = ToSeconds(state.interval),
                     .rate_divisor = state.rate_divisor});
  }
  return costs;
}

void TargetState::UpdateRateDivisors() {
  const std::vector<int> divisors = RateDivisorsWithin(Costs(), cost_budget_);
  for (std::size_t i = 0; i < collectors_.size(); ++i) {
    CollectorState& state = collectors_[i];
    state.rate_divisor = divisors[i];
    for (auto& [database, in_database] : state.databases) {
      const Duration visit_interval = database.empty() ? Duration(0) : visit_interval_;
      in_database.held.SetHold(
          HoldTime(std::max(state.interval * state.rate_divisor, visit_interval)));
    }
  }
}

std::vector<std::pair<const CollectorSpec*, int>> TargetState::RateDivisors() const {
  std::vector<std::pair<const CollectorSpec*, int>> divisors;
  for (const CollectorState& state : collectors_) {
    divisors.emplace_back(state.spec, state.rate_divisor);
  }
  return divisors;
}

TargetStatus TargetState::Status(SteadyTime now) const {
  TargetStatus status{
      .up = fast_success_ && now - *fast_success_ <= up_within_,
      .error = fast_failure_ ? fast_failure_->error.message : "",
      .facts = facts_,
      .connections = static_cast<int>(std::count_if(
          lanes_.begin(), lanes_.end(), [](const LaneState& lane) { return lane.connected; })),
      .connects_total = connects_total_,
      .cost_share = CostShare(Costs()),
      .cost_budget = cost_budget_};
  if (!status.up) {
    // Without a failure the round has not ended: the server hangs.
    status.down_reason = fast_failure_ ? fast_failure_->reason : DownReason::kTimeout;
  }
  for (const CollectorState& each : collectors_) {
    status.collectors.push_back(StatusOf(each));
  }
  for (const auto& [name, error] : visits_) {
    status.databases.push_back({name, error});
  }
  return status;
}

CollectorStatus TargetState::StatusOf(const CollectorState& state) {
  CollectorStatus status{.spec = state.spec,
                         .success = !state.databases.empty(),
                         .databases = state.databases.size(),
                         .rate_divisor = state.rate_divisor,
                         .interval_seconds = ToSeconds(state.interval * state.rate_divisor),
                         .db_seconds_total = state.db_seconds_total,
                         .duplicates_total = state.duplicates_total};
  for (const auto& [database, in_database] : state.databases) {
    status.unmet_requirement = in_database.unmet_requirement;
    if (in_database.unmet_requirement) {
      continue;
    }
    if (status.error.empty() && !in_database.error.empty()) {
      status.error =
          database.empty() ? in_database.error : fmt::format("{}: {}", database, in_database.error);
    }
    if (in_database.last_success &&
        (!status.last_success || *in_database.last_success < *status.last_success)) {
      status.last_success = in_database.last_success;
    }
    status.success = status.success && in_database.success;
    status.circuit_open = status.circuit_open || in_database.circuit_open;
    status.duration_seconds += in_database.duration_seconds;
    status.series += in_database.series;
    status.overflow_rows += in_database.overflow_rows;
    status.cost_share += in_database.cost_seconds / status.interval_seconds;
  }
  return status;
}

std::vector<MetricFamily> TargetState::Families(SteadyTime now) const {
  std::vector<MetricFamily> families;
  for (const CollectorState& each : collectors_) {
    for (const auto& [database, in_database] : each.databases) {
      const auto held = in_database.held.Get(now);
      families.insert(families.end(), held.begin(), held.end());
    }
  }
  return families;
}

}  // namespace hakem::exporter
