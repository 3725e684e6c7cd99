#pragma once

#include <cstddef>
#include <functional>

#include "exporter/clock/clock_steps.h"
#include "model/instruments.h"
#include "model/log.h"
#include "tsdb/store/store.h"

namespace hakem::exporter {

inline constexpr std::string_view kByDirection[] = {"direction"};
inline constexpr Instrument kClockSteps{
    .name = "hakem_clock_steps_total",
    .help = "How often the machine's clock was set, by a second or more, ahead or back.",
    .labels = kByDirection};

/// Keeps the history usable when the system clock is set. Samples must not be ahead of the clock:
/// new ones would be out of order, and rules would not see them, until the clock has caught up. So
/// when the clock is set back, the samples that were stamped since it was last set are moved back
/// with it. Used by the one thread that appends samples.
class Timeline {
 public:
  struct Deps {
    const Clock& clock;
    tsdb::Store& store;
    Instruments& instruments;
    Logger log;
    /// Moves the times of the rules by a step of the clock. Calls `move_samples` once, while no
    /// rule reads or writes samples.
    std::function<void(Duration step, const std::function<void()>& move_samples)> step_rules;
  };

  explicit Timeline(Deps deps);

  /// Checks the clock. Called before the samples of `time` are appended. If the clock was set,
  /// moves the times of rules and samples. Returns false if these samples were stamped before the
  /// clock was set back: they must not be appended. Throws std::bad_alloc: then neither rules nor
  /// samples have moved, and the next call tries again.
  bool Admit(Timestamp time);

 private:
  void Report(Duration step, std::size_t moved);
  std::size_t MoveSamples(Duration step);

  const Deps deps_;
  ClockSteps steps_;
  Duration step_{0};  ///< How far the clock was set since rules and samples were last moved.
  Timestamp set_at_ = Timestamp::min();  ///< Later samples were stamped after the last step.
};

}  // namespace hakem::exporter
