#include "cli/setup/game_tuning.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "cli/output/report.h"
#include "dba/game_plan.h"
#include "dba/script_text.h"
#include "model/clock.h"
#include "model/duration.h"

namespace hakem::cli {
namespace {

using dba::Plan;
using dba::PlanStep;

/// Building an index may take hours, and waits for all transactions that were open before it.
constexpr exporter::SessionLimits kIndexLimits{.statement = std::chrono::hours(24),
                                               .lock = std::chrono::hours(24),
                                               .mode = exporter::SessionMode::kStatements};

}  // namespace

Result<Plan> GameTuning::MakePlan() const {
  return dba::PlanGameTuning(*admin_.session, games_);
}

Result<int> GameTuning::Run(const Plan& plan) {
  std::vector<PlanStep> left = plan.steps;
  for (const collectors::GameOptions& game : games_) {
    Result<int> status = RunStepsOf(game, left);
    if (!status || *status != kFine) {
      return status;
    }
  }
  if (!left.empty()) {
    fmt::print(stderr,
               "hakem: {} was not run: the database has changed since it was shown; run this "
               "again\n",
               left.front().sql);
    return kWrong;
  }
  return kFine;
}

/// Runs the steps of `left` that the game's plan still has, and removes them from it.
Result<int> GameTuning::RunStepsOf(const collectors::GameOptions& game,
                                   std::vector<PlanStep>& left) {
  while (true) {
    const auto now =
        ReadOnly(*admin_.session, [&] { return dba::PlanGameTuning(*admin_.session, {game}); });
    if (!now) {
      return Fail(now.error());
    }
    const auto next = std::find_if(left.begin(), left.end(),
                                   [&](const PlanStep& step) { return Contains(*now, step); });
    if (next == left.end()) {
      return kFine;
    }
    const PlanStep step = *next;
    left.erase(next);
    if (const int status = RunTimed(step.sql); status != kFine) {
      return status;
    }
  }
}

/// Runs one statement and prints how long it took, or why it failed.
int GameTuning::RunTimed(const std::string& sql) {
  const Clock& clock = SystemClock();
  const SteadyTime begun = clock.SteadyNow();
  const auto done = admin_.session->RunAlone(sql, kIndexLimits);
  const std::string taken =
      FormatDuration(std::chrono::duration_cast<Duration>(clock.SteadyNow() - begun));
  if (done) {
    fmt::print(stderr, "done in {}: {}\n", taken, sql);
    return kFine;
  }
  fmt::print(stderr,
             "hakem: {} failed after {}: {}{}\nStatements that were run before it stay in effect. "
             "Run this again to continue; it drops what a failed build left over.\n",
             sql, taken, dba::VisibleText(done.error().message),
             SuperuserHint(done.error(), admin_));
  return done.error().code == ErrorCode::kUnavailable ? kUnreachable : kWrong;
}

}  // namespace hakem::cli
