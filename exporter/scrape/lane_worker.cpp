#include "exporter/scrape/lane_worker.h"

#include <exception>
#include <utility>

#include "model/contained.h"

namespace hakem::exporter {
namespace {

/// How long the thread sleeps unless a round is requested.
constexpr Duration kIdle = std::chrono::hours(1);

}  // namespace

LaneWorker::LaneWorker(Lane lane, const Clock& clock, Logger log, Done done)
    : lane_(std::move(lane)),
      clock_(clock),
      log_(std::move(log)),
      done_(std::move(done)),
      thread_([this](const std::stop_token& stop) { Run(stop); }) {}

bool LaneWorker::RequestRound() {
  {
    const MutexLock lock(mutex_);
    if (std::exchange(busy_, true)) {
      return false;
    }
  }
  wakeup_.Wake();
  return true;
}

bool LaneWorker::busy() const {
  const MutexLock lock(mutex_);
  return busy_;
}

void LaneWorker::Run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    if (!busy()) {
      RunContained(log_, "waiting for the next collection failed",
                   [&] { wakeup_.SleepUntil(clock_, clock_.SteadyNow() + kIdle, stop); });
      continue;
    }
    if (!RunContained(log_, "results of a collection lost", [&] { RunRound(stop); })) {
      const MutexLock lock(mutex_);
      busy_ = false;
    }
  }
}

void LaneWorker::RunRound(const std::stop_token& stop) {
  LaneRound round;
  try {
    round = lane_.Collect(stop);
  } catch (const std::exception& exception) {
    log_.Error("collection failed", {{"error", exception.what()}});
    round.failure = {DownReason::kOther, {ErrorCode::kInternal, exception.what()}};
  }
  {
    const MutexLock lock(mutex_);
    busy_ = round.more;  // Before `done`, which may request the next round.
  }
  if (!stop.stop_requested()) {
    done_(lane_.kind(), std::move(round));
  }
}

}  // namespace hakem::exporter
