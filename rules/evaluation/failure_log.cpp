#include "rules/evaluation/failure_log.h"

#include <utility>

namespace hakem::rules {

FailureLog::Line FailureLog::Add(std::string_view error, SteadyTime now) {
  if (error.empty()) {
    return std::exchange(logged_, "").empty() ? Line::kNone : Line::kWorksAgain;
  }
  const bool is_too_soon = logged_at_ && now - *logged_at_ < kPause;
  if (error == logged_ || is_too_soon) {
    return Line::kNone;
  }
  logged_ = error;
  logged_at_ = now;
  return Line::kFails;
}

}  // namespace hakem::rules
