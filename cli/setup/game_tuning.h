#pragma once

#include <string>
#include <vector>

#include "cli/setup/admin_connection.h"
#include "collectors/core/game_options.h"
#include "dba/plan.h"
#include "model/result.h"

namespace hakem::cli {

/// Makes collections of the games cheaper: plans indexes and table settings, and runs their
/// statements one by one. `admin` and `games` outlive it.
class GameTuning {
 public:
  GameTuning(AdminConnection& admin, const std::vector<collectors::GameOptions>& games)
      : admin_(admin), games_(games) {}

  /// What has to be done, given the catalogs as they are now. Within a transaction of the session.
  /// Errors: the session's.
  Result<dba::Plan> MakePlan() const;

  /// Runs the statements, none of them in a transaction of ours, as CREATE INDEX CONCURRENTLY
  /// demands: what is done stays. The owner may change the database meanwhile, so each statement is
  /// run only if a new plan still has it. Returns kFine; kWrong or kUnreachable after it has
  /// printed what failed. Errors: the session's, while it plans.
  Result<int> Run(const dba::Plan& plan);

 private:
  Result<int> RunStepsOf(const collectors::GameOptions& game, std::vector<dba::PlanStep>& left);
  int RunTimed(const std::string& sql);

  AdminConnection& admin_;
  const std::vector<collectors::GameOptions>& games_;
};

}  // namespace hakem::cli
