#include <fmt/format.h>

#include <cstdio>
#include <string>

#include "cli/line/command.h"
#include "cli/line/options.h"
#include "cli/line/shared_options.h"
#include "cli/output/output.h"
#include "cli/output/report.h"
#include "cli/setup/admin_connection.h"
#include "cli/setup/game_tuning.h"
#include "cli/setup/role_setup.h"
#include "cli/system/terminal.h"
#include "config/config.h"
#include "config/environment.h"
#include "dba/plan.h"
#include "dba/script_text.h"

namespace hakem::cli {
namespace {

struct SetupOptions {
  std::string config_path;
  Secret admin;  ///< libpq's connection string; empty: the target's.
  std::string role;
  std::string role_password_file;
  bool indexes = false;
  bool dry_run = false;
  bool yes = false;
};

void AddOptions(CLI::App& command, SetupOptions& options) {
  AddConfigFile(command, options.config_path);
  AddParsed(command, "--admin",
            "connect as this administrator, who may create roles; the target fills in host, port "
            "and dbname, libpq's PGPASSWORD the password (default: the target's own user)",
            "CONNINFO", [&options](const std::string& text) {
              options.admin = Secret(text);
              return Result<void>();
            });
  AddText(command, "--role", options.role,
          "the role to prepare (default: the target's user, or hakem if that is a superuser)",
          "NAME");
  AddText(command, "--role-password-file", options.role_password_file,
          "a file with the role's password (default: the target's password, else "
          "$HAKEM_ROLE_PASSWORD, else you are asked)",
          "FILE");
  AddFlag(command, "--indexes", options.indexes,
          "instead of the role, prepare the game's tables: indexes, built CONCURRENTLY, "
          "fillfactor and autovacuum settings, which make collections cheaper");
  AddFlag(command, "--dry-run", options.dry_run, "print the SQL and change nothing");
  AddFlag(command, "--yes", options.yes, "run the SQL without asking");
}

/// Whether to run the plan. Errors: kInvalidInput if nobody can be asked.
Result<bool> Confirm(const dba::Plan& plan, const AdminConnection& admin, bool yes) {
  if (yes) {
    return true;
  }
  if (!IsInteractive()) {
    return Fail(ErrorCode::kInvalidInput,
                "nothing was changed: nobody can be asked here; give --yes to run this, or "
                "--dry-run to see it only");
  }
  const std::string what = plan.steps.size() == 1
                               ? "this statement"
                               : fmt::format("these {} statements", plan.steps.size());
  return AskYesNo(
      fmt::format("Run {} as {} in {}?", what, admin.user.name, admin.conninfo.Masked()));
}

/// Prints the plan and, if that is wanted, runs it. `Preparation` is RoleSetup or GameTuning.
template <typename Preparation>
Result<int> ShowAndRun(Preparation& preparation, const AdminConnection& admin,
                       const SetupOptions& options, dba::Transactions transactions) {
  const auto plan = ReadOnly(*admin.session, [&] { return preparation.MakePlan(); });
  if (!plan) {
    return Fail(plan.error());
  }
  PrintExactly(dba::FormatPlan(*plan, transactions));  // Escapes would change the SQL.
  std::fflush(stdout);
  if (plan->steps.empty()) {
    fmt::print(stderr, "nothing to do\n");
    return kFine;
  }
  if (options.dry_run) {
    return kFine;
  }
  const Result<bool> agreed = Confirm(*plan, admin, options.yes);
  if (!agreed) {
    return Fail(agreed.error());
  }
  if (!*agreed) {
    fmt::print(stderr, "nothing was changed\n");
    return kFine;
  }
  return preparation.Run(*plan);
}

/// Returns kFine, or the status of a statement that failed. Errors: what kept it from beginning.
Result<int> SetUp(const config::Config& config, const SetupOptions& options) {
  auto admin = ConnectAdministrator(config.target, options.admin);
  if (!admin) {
    return Fail(admin.error());
  }
  if (options.indexes) {
    GameTuning tuning(*admin, config.target.games);
    return ShowAndRun(tuning, *admin, options, dba::Transactions::kNone);
  }
  RoleSetup role(*admin, config,
                 {.role = options.role,
                  .password_file = options.role_password_file,
                  .may_ask = !options.dry_run});
  if (const Result<void> read = role.ReadPassword(); !read) {
    return Fail(read.error());
  }
  return ShowAndRun(role, *admin, options, dba::Transactions::kOne);
}

int Run(const SetupOptions& options) {
  const auto config = config::LoadConfig(options.config_path, config::ProcessEnvironment());
  if (!config) {
    return Report(config.error());
  }
  const Result<int> status = SetUp(*config, options);
  // The server's messages may contain names that others chose.
  return status ? *status : Report({status.error().code, dba::VisibleText(status.error().message)});
}

}  // namespace

extern const CommandSpec setup;
constinit const CommandSpec setup{
    .name = "setup",
    .help =
        "Prepare a database: a role with the least rights, or indexes that make collections "
        "cheaper",
    .group = CommandGroup::kPrepare,
    .bind = Bind<SetupOptions, AddOptions, Run>};

}  // namespace hakem::cli
