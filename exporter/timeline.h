#pragma once

#include <optional>

#include "exporter/clock_steps.h"
#include "model/instruments.h"
#include "model/log.h"
#include "tsdb/store/store.h"

namespace hakem::exporter {

inline constexpr std::string_view kByDirection[] = {"direction"};
inline constexpr Instrument kClockSteps{
    .name = "hakem_clock_steps_total",
    .help = "How often the machine's clock was set, by a second or more, ahead or back.",
    .labels = kByDirection};

/// Keeps the history usable when the machine's clock is set. Samples must not lie ahead of the
/// clock: new ones would be refused as out of order, and every rule would be blind, until real time
/// has caught up. So when the clock is set back, what it stamped since it was set last moves back
/// with it. Used by one thread, which is the only one that appends.
class Timeline {
 public:
  struct Deps {
    const Clock& clock;
    tsdb::Store& store;
    Instruments& instruments;
    Logger log;
  };

  explicit Timeline(Deps deps);

  /// Looks at the clock before the samples of a time are appended. Returns by how much it was set
  /// since the last samples that were (0: it was not); nothing when these samples were stamped
  /// before it was set back: they are to be left out, the next ones come soon.
  std::optional<Duration> Admit(Timestamp time);

 private:
  void Note(Duration step);

  const Deps deps_;
  ClockSteps steps_;
  Timestamp set_at_ = Timestamp::min();  ///< Samples from then on were stamped after the last step.
  Duration since_admitted_{0};
};

}  // namespace hakem::exporter
