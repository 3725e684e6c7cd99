#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <functional>
#include <memory>
#include <optional>

#include "cli/commands.h"
#include "cli/output/output.h"
#include "cli/terminal.h"
#include "collectors/core/collector.h"
#include "config/environment.h"
#include "dba/game_plan.h"
#include "dba/read_facts.h"
#include "dba/script_text.h"
#include "exporter/session/admin_session.h"
#include "exporter/session/password_verifier.h"
#include "exporter/session/postgres_session.h"
#include "model/duration.h"
#include "model/known_secrets.h"
#include "model/read_file.h"

namespace hakem::exporter {
namespace {

using collectors::QuoteIdentifier;
using collectors::QuoteLiteral;

/// A role is prepared at once or not at all; an index may take hours, and waits for transactions
/// that were open before it.
constexpr SessionLimits kRoleLimits{.statement = std::chrono::seconds(30),
                                    .lock = std::chrono::seconds(5),
                                    .idle_in_transaction = std::chrono::seconds(60),
                                    .mode = SessionMode::kStatements};
constexpr SessionLimits kIndexLimits{.statement = std::chrono::hours(24),
                                     .lock = std::chrono::hours(24),
                                     .mode = SessionMode::kStatements};

/// Of the administrator's connection: where the target is, unless it says otherwise.
constexpr std::string_view kPlaces[] = {"host",   "hostaddr", "port",
                                        "dbname", "sslmode",  "sslrootcert"};

/// Nobody but a superuser is sure to be allowed what setup does.
constexpr const char* kUsualAdministrator = "postgres";
constexpr const char* kUsualRole = "hakem";

/// The administrator's connection, with what it was made by.
struct Connection {
  Conninfo conninfo;
  std::unique_ptr<AdminSession> session;
  Administrator user;
};

/// One run of `hakem setup`.
class SetupRun {
 public:
  SetupRun(const Config& config, const SetupOptions& options)
      : target_(config.target), enabled_(config.collect.enabled), options_(options) {}

  /// kFine, or kWrong when a statement failed. Errors: everything that kept it from beginning.
  Result<int> Run() {
    auto connected = Connect();
    if (!connected) {
      return Fail(connected.error());
    }
    admin_ = *std::move(connected);
    if (!options_.indexes) {
      if (const auto asked = ReadPassword(); !asked) {
        return Fail(asked.error());
      }
    }
    return ReadOnly([this] { return Plan(); }).and_then([this](const SetupPlan& made) {
      return CarryOut(made);
    });
  }

 private:
  Result<Conninfo> AdminConninfo() const {
    if (options_.admin.empty()) {
      return WithPasswordOf(target_);
    }
    auto admin = Conninfo::Parse(options_.admin);
    if (!admin) {
      return Fail(admin.error().code, fmt::format("--admin: {}", admin.error().message));
    }
    for (const Secret& secret : admin->Secrets()) {
      AddKnownSecret(secret);
    }
    for (const std::string_view place : kPlaces) {
      if (admin->Get(place).empty()) {
        admin->Set(place, target_.conninfo.Get(place));
      }
    }
    if (admin->Get("user").empty()) {
      admin->Set("user", kUsualAdministrator);
    }
    return admin;
  }

  /// The target's way in, with the password that its file holds.
  static Result<Conninfo> WithPasswordOf(const TargetConfig& target) {
    Conninfo conninfo = target.conninfo;
    if (!target.password_file.empty()) {
      auto password = ReadSecretLine(target.password_file);
      if (!password) {
        return Fail(password.error());
      }
      conninfo.SetPassword(Secret(*std::move(password)));
    }
    return conninfo;
  }

  Result<Connection> Connect() {
    auto conninfo = AdminConninfo();
    if (!conninfo) {
      return Fail(conninfo.error());
    }
    auto made = TryToConnect(*conninfo);
    if (!made && made.error().reason == DownReason::kAuth && IsInteractive()) {
      conninfo->SetPassword(AskSecret(fmt::format("Password of {}", conninfo->Get("user"))));
      made = TryToConnect(*conninfo);
    }
    if (!made) {
      const bool hint = made.error().reason == DownReason::kAuth && options_.admin.empty();
      return Fail(made.error().error.code,
                  made.error().error.message +
                      (hint ? "; name a superuser: --admin \"user=postgres\"" : ""));
    }
    if ((*made)->facts().in_recovery) {
      return Fail(ErrorCode::kInvalidInput,
                  "this server is a standby: set the primary up, and the standby follows");
    }
    return ReadAdministrator(**made).transform([&](Administrator user) {
      return Connection{*std::move(conninfo), *std::move(made), std::move(user)};
    });
  }

  static AdminSession::MadeOrNot TryToConnect(const Conninfo& conninfo) {
    return AdminSession::Connect(conninfo, kRoleLimits);
  }

  /// What `read` finds in one read-only transaction, which is over when this returns: while a
  /// person is asked, none is open.
  template <typename Read>
  auto ReadOnly(Read read) -> decltype(read()) {
    if (const auto begun = admin_.session->Begin(Writes::kNo); !begun) {
      return Fail(begun.error());
    }
    auto found = read();
    admin_.session->Rollback();
    return found;
  }

  std::string RoleName() const {
    if (!options_.role.empty()) {
      return options_.role;
    }
    const std::string user = target_.conninfo.Get("user");
    if (!user.empty() && user != admin_.user.name) {
      return user;
    }
    return admin_.user.is_superuser ? kUsualRole : admin_.user.name;
  }

  /// The role's password, from where the first of its places has one; empty when none has.
  Result<Secret> RolePassword(const std::string& role, bool exists) const {
    if (!options_.role_password_file.empty()) {
      return ReadSecretLine(options_.role_password_file).transform([](std::string text) {
        return Secret(std::move(text));
      });
    }
    if (role == target_.conninfo.Get("user")) {
      auto target = WithPasswordOf(target_);
      if (!target || target->has_password()) {
        return target.transform([](const Conninfo& conninfo) { return conninfo.password(); });
      }
    }
    if (const auto set = ProcessEnvironment()("HAKEM_ROLE_PASSWORD"); set && !set->empty()) {
      return Secret(*set);
    }
    const bool ask = !exists && !options_.dry_run && IsInteractive();
    return ask ? AskSecret(fmt::format("New password of {} (empty: none)", role)) : Secret();
  }

  /// Whether the role gets in with this password; true as well when something else is in its way.
  bool CanLogIn(const std::string& role, const Secret& password) {
    Conninfo conninfo = target_.conninfo;
    for (const std::string_view place : kPlaces) {
      conninfo.Set(place, admin_.conninfo.Get(place));
    }
    conninfo.Set("user", role);
    conninfo.SetPassword(password);
    const auto made = PostgresSessionFactory(conninfo, "", SystemClock()).Connect(kRoleLimits, {});
    return made || made.error().reason != DownReason::kAuth;
  }

  /// The facts about a role that may be prepared. Errors: kInvalidInput for any other role.
  Result<RoleFacts> ReadRole() {
    auto facts = ReadRoleFacts(*admin_.session, role_, target_.games);
    if (facts) {
      if (auto reason = WhyNotPrepared(*facts)) {
        return Fail(ErrorCode::kInvalidInput, *std::move(reason));
      }
    }
    return facts;
  }

  /// Finds the role's password and whether it works; may ask.
  Result<void> ReadPassword() {
    role_ = RoleName();
    const auto facts = ReadOnly([this] { return ReadRole(); });
    if (!facts) {
      return Fail(facts.error());
    }
    auto password = RolePassword(role_, facts->exists);
    if (!password) {
      return Fail(password.error());
    }
    role_password_ = *std::move(password);
    password_works_ = facts->exists && !role_password_.empty() && CanLogIn(role_, role_password_);
    return {};
  }

  /// What is to be done by the catalogs as they are now. Within a transaction of the session.
  Result<SetupPlan> Plan() {
    return options_.indexes ? PlanGames(*admin_.session, target_.games)
                            : PlanTheRole().and_then(
                                  [this](SetupPlan role) { return WithChurn(std::move(role)); });
  }

  Result<SetupPlan> PlanTheRole() {
    return ReadRole().transform([this](RoleFacts facts) {
      facts.has_password = !role_password_.empty();
      facts.password_works = password_works_;
      facts.wanted = WantedExtensions();
      return PlanRole(facts);
    });
  }

  /// Of the collectors that are enabled and know this server's version, and pg_stat_statements,
  /// because no question is asked more often than which statement costs most.
  std::set<std::string, std::less<>> WantedExtensions() const {
    std::set<std::string, std::less<>> wanted{"pg_stat_statements"};
    for (const collectors::CollectorSpec* spec : collectors::kCollectors) {
      const auto set = enabled_.find(std::string(spec->name));
      const bool enabled = set != enabled_.end() ? set->second : spec->enabled_by_default;
      const int version = admin_.session->facts().version;
      if (enabled && !spec->gates.extension.empty() && spec->gates.min_version <= version &&
          version <= spec->gates.max_version) {
        wanted.emplace(spec->gates.extension);
      }
    }
    return wanted;
  }

  Result<SetupPlan> WithChurn(SetupPlan plan) const {
    const auto games = ReadGames(*admin_.session, target_.games);
    if (!games) {
      return Fail(games.error());
    }
    for (const GameFacts& game : *games) {
      const auto warnings = ReadChurnWarnings(*admin_.session, game.schema);
      if (!warnings) {
        return Fail(warnings.error());
      }
      for (const collectors::ChurnWarning& warning : *warnings) {
        plan.advice.push_back(FormatAdvice(warning));
      }
    }
    return plan;
  }

  Result<int> CarryOut(const SetupPlan& plan) {
    // The SQL as it is, in which nothing may be changed.
    PrintExactly(
        FormatSetupPlan(plan, options_.indexes ? Transactions::kNone : Transactions::kOne));
    std::fflush(stdout);
    if (plan.steps.empty()) {
      fmt::print(stderr, "nothing to do\n");
      return kFine;
    }
    if (options_.dry_run) {
      return kFine;
    }
    if (!options_.yes) {
      if (!IsInteractive()) {
        return Fail(ErrorCode::kInvalidInput,
                    "nothing was changed: nobody can be asked here; give --yes to run this, or "
                    "--dry-run to see it only");
      }
      if (!AskYesNo(fmt::format("Run {} as {} in {}?", Statements(plan), admin_.user.name,
                                admin_.conninfo.Masked()))) {
        fmt::print(stderr, "nothing was changed\n");
        return kFine;
      }
    }
    return options_.indexes ? RunOneByOne(plan) : RunAtOnce(plan);
  }

  static std::string Statements(const SetupPlan& plan) {
    return plan.steps.size() == 1 ? "this statement"
                                  : fmt::format("these {} statements", plan.steps.size());
  }

  /// All or nothing.
  Result<int> RunAtOnce(const SetupPlan& plan) {
    AdminSession& session = *admin_.session;
    if (const auto begun = session.Begin(Writes::kYes); !begun) {
      return Fail(begun.error());
    }
    auto done = CheckStillWanted(plan).and_then([&] { return RunSteps(plan); }).and_then([&] {
      return CheckEffect();
    });
    if (!done) {
      session.Rollback();
      if (done.error().code == ErrorCode::kUnavailable) {
        return Fail(done.error());
      }
      fmt::print(stderr, "hakem: nothing was changed: {}{}\n", VisibleText(done.error().message),
                 Hint(done.error()));
      return kWrong;
    }
    if (const auto committed = session.Commit(); !committed) {
      return Fail(committed.error());
    }
    fmt::print(stderr, "done: role {} is ready\n", role_);
    return kFine;
  }

  /// Between the plan and now a person was asked, and the database's owner was free to change it:
  /// what would be run was not what was shown.
  Result<void> CheckStillWanted(const SetupPlan& plan) {
    return Plan().and_then([&](const SetupPlan& now) {
      return RunsTheSame(plan, now)
                 ? Result<void>()
                 : Fail(ErrorCode::kInvalidInput,
                        "the database has changed since these statements were shown: run this "
                        "again");
    });
  }

  Result<void> RunSteps(const SetupPlan& plan) {
    for (const SetupStep& step : plan.steps) {
      if (auto done = RunStep(step); !done) {
        return Fail(done.error().code,
                    fmt::format("{} failed: {}", step.sql, done.error().message));
      }
    }
    return {};
  }

  /// A GRANT by somebody who may not grant is but a warning of the server.
  Result<void> CheckEffect() {
    return Plan().and_then([](const SetupPlan& left) {
      for (const SetupStep& step : left.steps) {
        if (step.kind != SetupStep::Kind::kPassword) {
          return Result<void>(Fail(ErrorCode::kRefused, step.sql + " had no effect"));
        }
      }
      return Result<void>();
    });
  }

  Result<void> RunStep(const SetupStep& step) {
    std::string sql = step.sql;
    if (step.kind == SetupStep::Kind::kPassword) {
      const auto verifier =
          PasswordVerifier(role_password_, role_, admin_.conninfo.ToDsn(), kRoleLimits.connect);
      if (!verifier) {
        return Fail(verifier.error());
      }
      sql = fmt::format("ALTER ROLE {} PASSWORD {}", QuoteIdentifier(role_),
                        QuoteLiteral(verifier->Reveal()));
    }
    return admin_.session->Query(sql).transform([](const auto&) {});
  }

  std::string Hint(const Error& error) const {
    return error.code == ErrorCode::kRefused && !admin_.user.is_superuser
               ? fmt::format("; {} is no superuser: name one by --admin \"user=postgres\"",
                             admin_.user.name)
               : "";
  }

  /// CREATE INDEX CONCURRENTLY runs in no transaction of ours: what is done stays, and the owner
  /// may change the database meanwhile. So what is to be done is looked up again before each
  /// statement, and only what was shown is run.
  Result<int> RunOneByOne(const SetupPlan& plan) {
    std::vector<SetupStep> left = plan.steps;
    for (const collectors::GameOptions& game : target_.games) {
      while (true) {
        const auto now = ReadOnly([&] { return PlanGames(*admin_.session, {game}); });
        if (!now) {
          return Fail(now.error());
        }
        const auto next = std::find_if(left.begin(), left.end(),
                                       [&](const SetupStep& step) { return Contains(*now, step); });
        if (next == left.end()) {
          break;
        }
        const SetupStep step = *next;
        left.erase(next);
        if (const int status = RunTimed(step.sql); status != kFine) {
          return status;
        }
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

  /// Runs one statement and says how long it took, or why it failed.
  int RunTimed(const std::string& sql) {
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
               "hakem: {} failed after {}: {}{}\nWhat was done before stays; another run goes on "
               "from here, and drops what a failed build left over.\n",
               sql, taken, VisibleText(done.error().message), Hint(done.error()));
    return done.error().code == ErrorCode::kUnavailable ? kUnreachable : kWrong;
  }

  const TargetConfig& target_;
  const std::map<std::string, bool>& enabled_;
  const SetupOptions& options_;
  Connection admin_;
  std::string role_;
  Secret role_password_;
  bool password_works_ = false;
};

}  // namespace

int Setup(const CommonOptions& common, const SetupOptions& options) {
  const Result<Config> config = LoadConfig(common.config_path, ProcessEnvironment());
  if (!config) {
    return Report(config.error());
  }
  const Result<int> status = SetupRun(*config, options).Run();
  // What the server says may have the names of others in it.
  return status ? *status : Report({status.error().code, VisibleText(status.error().message)});
}

}  // namespace hakem::exporter
