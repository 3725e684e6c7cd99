#pragma once

#include <functional>
#include <set>
#include <string>

#include "cli/setup/admin_connection.h"
#include "config/config.h"
#include "dba/plan.h"
#include "dba/role_plan.h"
#include "model/result.h"
#include "model/secret.h"

namespace hakem::cli {

/// Prepares the role that Hakem connects as: plans the statements and runs them in one transaction.
/// `admin` and `config` outlive it.
class RoleSetup {
 public:
  struct Options {
    std::string role;           ///< Empty: the target's user, or `hakem` if that is a superuser.
    std::string password_file;  ///< Empty: see ReadPassword.
    bool may_ask = false;       ///< Whether a person may be asked for a new role's password.
  };

  RoleSetup(AdminConnection& admin, const config::Config& config, Options options);

  /// Finds the role's password and whether the role can log in with it. The password is that of the
  /// password file, else the target's, else $HAKEM_ROLE_PASSWORD, else what a person types.
  /// Errors: kInvalidInput if the role may not be prepared or a file cannot be read; the session's.
  Result<void> ReadPassword();

  /// What has to be done, given the catalogs as they are now. Within a transaction of the session.
  /// Errors: as ReadPassword.
  Result<dba::Plan> MakePlan() const;

  /// Runs all statements of the plan or none, and checks their effect. Returns kFine, or kWrong
  /// after it has printed why nothing was changed. Errors: those of a lost connection.
  Result<int> Run(const dba::Plan& plan);

 private:
  std::string DefaultRole() const;
  Result<dba::RoleFacts> ReadFacts() const;
  Result<Secret> FindPassword(bool role_exists) const;
  bool CanLogIn() const;
  std::set<std::string, std::less<>> WantedExtensions() const;
  Result<dba::Plan> AddChurnAdvice(dba::Plan plan) const;
  Result<void> CheckUnchanged(const dba::Plan& plan) const;
  Result<void> RunSteps(const dba::Plan& plan);
  Result<void> RunStep(const dba::PlanStep& step);
  Result<void> CheckEffect() const;

  AdminConnection& admin_;
  const config::TargetConfig& target_;
  const config::CollectConfig& collect_;
  const Options options_;
  const std::string role_;
  Secret password_;
  bool password_works_ = false;
};

}  // namespace hakem::cli
