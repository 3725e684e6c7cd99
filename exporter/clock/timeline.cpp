#include "exporter/clock/timeline.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace hakem::exporter {
namespace {

/// At most this much of the history is moved: longer than the ranges of rates and rules, and quick.
/// Older samples keep their time.
constexpr Duration kLongestMove = std::chrono::hours(1);
/// How long the clock must stay ahead before retention goes by its time.
constexpr Duration kBelieveAfter = std::chrono::minutes(15);

}  // namespace

Timeline::Timeline(Deps deps) : deps_(std::move(deps)), steps_(deps_.clock) {
  deps_.instruments.Add(kClockSteps, {"ahead"}, 0);
  deps_.instruments.Add(kClockSteps, {"back"}, 0);
  steps_.Check();
}

bool Timeline::Admit(Timestamp time) {
  step_ += steps_.Check().value_or(Duration(0));
  if (step_ == Duration(0)) {
    return true;
  }
  std::size_t moved = 0;
  deps_.step_rules(step_, [&] { moved = MoveSamples(step_); });
  const Duration step = std::exchange(step_, Duration(0));
  Report(step, moved);
  return step > Duration(0) || time <= deps_.clock.Now();
}

/// Counts and logs a step after which so many samples were moved.
void Timeline::Report(Duration step, std::size_t moved) {
  const bool is_back = step < Duration(0);
  deps_.instruments.Add(kClockSteps, {is_back ? "back" : "ahead"});
  deps_.log.Warn(is_back ? "the machine's clock was set back: samples ahead of it are moved back"
                         : "the machine's clock was set ahead: the history has a gap",
                 {{"seconds", ToSeconds(is_back ? -step : step)}, {"samples_moved", moved}});
}

/// Returns how many samples were moved.
std::size_t Timeline::MoveSamples(Duration step) {
  const bool is_back = step < Duration(0);
  const Timestamp now = deps_.clock.Now();
  std::size_t moved = 0;
  if (is_back) {
    const Timestamp newest = deps_.store.Stats().max_time.value_or(now);
    moved = deps_.store.MoveBack(
        {.after = std::max(set_at_, newest - kLongestMove), .by = -step, .until = now});
  } else {
    deps_.store.PostponeRetention(now + kBelieveAfter);
  }
  // Samples stamped since the step have the new time. The clock was set at the latest when it would
  // have shown this time without the step.
  set_at_ = is_back ? now : now - step;
  return moved;
}

}  // namespace hakem::exporter
