#include "exporter/scrape/target_state.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace hakem::exporter {
namespace {

using collectors::CollectorSpec;

constexpr std::string_view kConnected = "ok";

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
    : up_within_(2 * options.fast_interval + options.fast_timeout) {
  for (const CollectorSpec* spec : specs) {
    const Duration interval =
        spec->lane == collectors::Lane::kFast ? options.fast_interval : options.slow_interval;
    collectors_.push_back({.status = {.spec = spec}, .held = HeldFamilies(HoldOf(interval))});
  }
  connects_total_[kConnected] = 0;
  for (const DownReason reason : kDownReasons) {
    connects_total_[ToString(reason)] = 0;
  }
}

void TargetState::Apply(collectors::Lane lane, LaneRound round, SteadyTime now, Timestamp wall) {
  const bool ok = round.ok();
  LaneState& state = lanes_[Index(lane)];
  state = {
      .connected = round.facts.has_value(), .reached = round.connected, .rounds = state.rounds + 1};
  for (const auto& refused : round.connects) {
    ++connects_total_[refused ? ToString(*refused) : kConnected];
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
  for (CollectorRound& collector : round.collectors) {
    Apply(std::move(collector), now, wall);
  }
}

void TargetState::Apply(CollectorRound round, SteadyTime now, Timestamp wall) {
  const auto state =
      std::find_if(collectors_.begin(), collectors_.end(),
                   [&](const CollectorState& each) { return each.status.spec == round.spec; });
  CollectorStatus& status = state->status;
  status.planned_out = round.planned_out;
  status.success = round.succeeded();
  status.error = round.error ? round.error->message : "";
  status.duration_seconds = ToSeconds(round.duration);
  status.db_seconds_total += ToSeconds(round.db_time);
  status.duplicates_total += round.duplicates;
  if (round.succeeded()) {
    status.last_success = wall;
    status.series = CountSeries(round.families);
  }
  if (!round.error) {  // What is planned out has no values, held ones neither.
    state->held.Put(std::move(round.families), now);
  }
}

TargetStatus TargetState::Status(SteadyTime now) const {
  TargetStatus status{
      .up = fast_success_ && now - *fast_success_ <= up_within_,
      .error = fast_failure_ ? fast_failure_->error.message : "",
      .facts = facts_,
      .connections = static_cast<int>(std::count_if(
          lanes_.begin(), lanes_.end(), [](const LaneState& lane) { return lane.connected; })),
      .connects_total = connects_total_};
  if (!status.up) {
    // Without a failure the lane has not come back yet: it hangs.
    status.down_reason = fast_failure_ ? fast_failure_->reason : DownReason::kTimeout;
  }
  for (const CollectorState& each : collectors_) {
    status.collectors.push_back(each.status);
  }
  return status;
}

std::vector<MetricFamily> TargetState::Families(SteadyTime now) const {
  std::vector<MetricFamily> families;
  for (const CollectorState& each : collectors_) {
    const auto held = each.held.Get(now);
    families.insert(families.end(), held.begin(), held.end());
  }
  return families;
}

}  // namespace hakem::exporter
