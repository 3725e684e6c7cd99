#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "model/time.h"

namespace hakem::rules {

/// Decides which evaluations of a rule are worth a line in the log: the first that fails, later
/// ones with another error, at most one failure per kPause, and the end of what was logged.
class FailureLog {
 public:
  static constexpr Duration kPause = std::chrono::minutes(1);

  enum class Line { kNone, kFails, kWorksAgain };

  /// Returns which line the log gets for an evaluation. `error`: why it failed; "" if it succeeded.
  Line Add(std::string_view error, SteadyTime now);

 private:
  std::string logged_;  ///< The last error in the log; "" if the log says that the rule works.
  std::optional<SteadyTime> logged_at_;
};

}  // namespace hakem::rules
