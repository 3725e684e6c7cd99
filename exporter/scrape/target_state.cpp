#include "exporter/scrape/target_state.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace hakem::exporter {
namespace {

using collectors::CollectorSpec;

constexpr std::string_view kConnected = "ok";

/// The average cost of a round looks back over about so long, but always over four rounds.
constexpr Duration kCostWindow = std::chrono::seconds(100);

/// What the newest round counts for in that average.
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

/// Why a round that found the server failed all the same: every collector did.
ConnectFailure CollectorsFailure(const LaneRound& round) {
  const auto failed = std::find_if(round.collectors.begin(), round.collectors.end(),
                                   [](const CollectorRound& each) { return each.error; });
  return {failed->error->code == ErrorCode::kTimeout ? DownReason::kTimeout : DownReason::kOther,
          *failed->error};
}

}  // namespace

TargetState::TargetState(const Options& options, std::vector<const CollectorSpec*> specs)
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
  if (!round.visit) {  // A visit says nothing about the server as a whole.
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
  ForgetTheFuture(wall);
  for (CollectorRound& collector : round.collectors) {
    Apply(std::move(collector), now, wall);
  }
  SetPaces();
}

/// When the clock was set back, what was told to be later would look fresh until it has caught up.
void TargetState::ForgetTheFuture(Timestamp wall) {
  for (CollectorState& state : collectors_) {
    for (auto& [database, part] : state.parts) {
      if (part.last_success) {
        part.last_success = std::min(*part.last_success, wall);
      }
    }
  }
}

/// What was told of a database that is gone, or no longer watched, ends at once.
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
  tour_ = round.tour;
  for (CollectorState& state : collectors_) {
    std::erase_if(state.parts, is_gone);
  }
}

void TargetState::Apply(CollectorRound round, SteadyTime now, Timestamp wall) {
  const auto state =
      std::find_if(collectors_.begin(), collectors_.end(),
                   [&](const CollectorState& each) { return each.spec == round.spec; });
  Part& part = state->parts[round.database];
  part.planned_out = round.planned_out;
  part.success = round.succeeded();
  part.circuit_open = round.circuit_open;
  part.error = round.error ? round.error->message : "";
  part.duration_seconds = ToSeconds(round.duration);
  state->db_seconds_total += ToSeconds(round.db_time);
  state->duplicates_total += round.duplicates;
  // The way to the server and back is not the database's work. The first round does not count, and
  // the average begins at 0: what was never read before is dear once.
  const double cost = std::max(0.0, ToSeconds(round.db_time - round.statements * round_trip_));
  part.cost_seconds += part.ran ? WeightOfRound(state->interval) * (cost - part.cost_seconds) : 0;
  part.ran = part.ran || round.statements > 0;
  if (round.succeeded()) {
    part.last_success = wall;
    part.series = CountSeries(round.families);
    part.folded = round.folded;
  }
  if (!round.error) {  // What is planned out has no values, held ones neither.
    part.held.Put(std::move(round.families), now);
  }
}

std::vector<CollectorCost> TargetState::Costs() const {
  std::vector<CollectorCost> costs;
  for (const CollectorState& state : collectors_) {
    double seconds = 0;
    for (const auto& [database, part] : state.parts) {
      seconds += part.cost_seconds;
    }
    costs.push_back({.priority = state.spec->priority,
                     .seconds_per_round = seconds,
                     .interval_seconds = ToSeconds(state.interval),
                     .pace = state.pace});
  }
  return costs;
}

void TargetState::SetPaces() {
  const std::vector<int> paces = RateDivisorsWithin(Costs(), cost_budget_);
  for (std::size_t i = 0; i < collectors_.size(); ++i) {
    CollectorState& state = collectors_[i];
    state.pace = paces[i];
    for (auto& [database, part] : state.parts) {
      const Duration tour = database.empty() ? Duration(0) : tour_;
      part.held.SetHold(HoldOf(std::max(state.interval * state.pace, tour)));
    }
  }
}

std::vector<std::pair<const CollectorSpec*, int>> TargetState::Paces() const {
  std::vector<std::pair<const CollectorSpec*, int>> paces;
  for (const CollectorState& state : collectors_) {
    paces.emplace_back(state.spec, state.pace);
  }
  return paces;
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
    // Without a failure the lane has not come back yet: it hangs.
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
                         .success = !state.parts.empty(),
                         .databases = state.parts.size(),
                         .pace = state.pace,
                         .interval_seconds = ToSeconds(state.interval * state.pace),
                         .db_seconds_total = state.db_seconds_total,
                         .duplicates_total = state.duplicates_total};
  for (const auto& [database, part] : state.parts) {
    status.planned_out = part.planned_out;
    if (part.planned_out) {
      continue;
    }
    if (status.error.empty() && !part.error.empty()) {
      status.error = database.empty() ? part.error : fmt::format("{}: {}", database, part.error);
    }
    if (part.last_success && (!status.last_success || *part.last_success < *status.last_success)) {
      status.last_success = part.last_success;
    }
    status.success = status.success && part.success;
    status.circuit_open = status.circuit_open || part.circuit_open;
    status.duration_seconds += part.duration_seconds;
    status.series += part.series;
    status.folded += part.folded;
    status.cost_share += part.cost_seconds / status.interval_seconds;
  }
  return status;
}

std::vector<MetricFamily> TargetState::Families(SteadyTime now) const {
  std::vector<MetricFamily> families;
  for (const CollectorState& each : collectors_) {
    for (const auto& [database, part] : each.parts) {
      const auto held = part.held.Get(now);
      families.insert(families.end(), held.begin(), held.end());
    }
  }
  return families;
}

}  // namespace hakem::exporter
