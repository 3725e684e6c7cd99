#include "cli/setup/role_setup.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <utility>

#include "cli/output/report.h"
#include "cli/system/terminal.h"
#include "collectors/core/collector.h"
#include "config/environment.h"
#include "dba/game_facts.h"
#include "dba/game_plan.h"
#include "dba/role_facts.h"
#include "dba/script_text.h"
#include "exporter/session/password_verifier.h"
#include "exporter/session/postgres_session.h"
#include "model/clock.h"
#include "model/read_file.h"

namespace hakem::cli {
namespace {

using config::Conninfo;
using dba::Plan;
using dba::PlanStep;

constexpr const char* kUsualRole = "hakem";

}  // namespace

RoleSetup::RoleSetup(AdminConnection& admin, const config::Config& config, Options options)
    : admin_(admin),
      target_(config.target),
      collect_(config.collect),
      options_(std::move(options)),
      role_(options_.role.empty() ? DefaultRole() : options_.role) {}

std::string RoleSetup::DefaultRole() const {
  std::string user = target_.conninfo.Get("user");
  if (!user.empty() && user != admin_.user.name) {
    return user;
  }
  return admin_.user.is_superuser ? kUsualRole : admin_.user.name;
}

Result<dba::RoleFacts> RoleSetup::ReadFacts() const {
  auto facts = dba::ReadRoleFacts(*admin_.session, role_, target_.games);
  if (facts) {
    if (auto reason = dba::ReasonToRefuseRole(*facts)) {
      return Fail(ErrorCode::kInvalidInput, *std::move(reason));
    }
  }
  return facts;
}

Result<Secret> RoleSetup::FindPassword(bool role_exists) const {
  if (!options_.password_file.empty()) {
    return ReadSecretLine(options_.password_file).transform([](std::string text) {
      return Secret(std::move(text));
    });
  }
  if (role_ == target_.conninfo.Get("user")) {
    const auto target = ReadTargetConninfo(target_);
    if (!target || target->has_password()) {
      return target.transform([](const Conninfo& conninfo) { return conninfo.password(); });
    }
  }
  const auto variable = config::ProcessEnvironment()("HAKEM_ROLE_PASSWORD");
  if (variable && !variable->empty()) {
    return Secret(*variable);
  }
  const bool ask = !role_exists && options_.may_ask && IsInteractive();
  return ask ? AskSecret(fmt::format("New password of {} (empty: none)", role_)) : Secret();
}

/// False only if the server refuses the password: another obstacle is not the password's fault.
bool RoleSetup::CanLogIn() const {
  Conninfo conninfo = target_.conninfo;
  CopyPlace(admin_.conninfo, conninfo);
  conninfo.Set("user", role_);
  conninfo.SetPassword(password_);
  const auto made =
      exporter::PostgresSessionFactory(conninfo, "", SystemClock()).Connect(kAdminLimits, {});
  return made || made.error().reason != exporter::DownReason::kAuth;
}

Result<void> RoleSetup::ReadPassword() {
  const auto facts = ReadOnly(*admin_.session, [this] { return ReadFacts(); });
  if (!facts) {
    return Fail(facts.error());
  }
  auto password = FindPassword(facts->exists);
  if (!password) {
    return Fail(password.error());
  }
  password_ = *std::move(password);
  password_works_ = facts->exists && !password_.empty() && CanLogIn();
  return {};
}

/// The extensions of the collectors that are enabled and support this server's version, and
/// pg_stat_statements, because people always ask which statement costs most.
std::set<std::string, std::less<>> RoleSetup::WantedExtensions() const {
  std::set<std::string, std::less<>> wanted{"pg_stat_statements"};
  const int version = admin_.session->facts().version;
  for (const collectors::CollectorSpec* spec : collectors::kCollectors) {
    const auto set = collect_.enabled.find(std::string(spec->name));
    const bool enabled = set != collect_.enabled.end() ? set->second : spec->enabled_by_default;
    if (enabled && !spec->requirements.extension.empty() &&
        spec->requirements.min_version <= version && version <= spec->requirements.max_version) {
      wanted.emplace(spec->requirements.extension);
    }
  }
  return wanted;
}

Result<Plan> RoleSetup::AddChurnAdvice(Plan plan) const {
  const auto games = dba::ReadGames(*admin_.session, target_.games);
  if (!games) {
    return Fail(games.error());
  }
  for (const dba::GameFacts& game : *games) {
    const auto warnings = dba::ReadChurnWarnings(*admin_.session, game.schema);
    if (!warnings) {
      return Fail(warnings.error());
    }
    for (const collectors::ChurnWarning& warning : *warnings) {
      plan.advice.push_back(dba::FormatAdvice(warning));
    }
  }
  return plan;
}

Result<Plan> RoleSetup::MakePlan() const {
  return ReadFacts().and_then([this](dba::RoleFacts facts) {
    facts.has_password = !password_.empty();
    facts.password_works = password_works_;
    facts.wanted = WantedExtensions();
    return AddChurnAdvice(dba::PlanRole(facts));
  });
}

/// While a person was asked, the database's owner could change it. Then the statements that are
/// needed are not those that were shown.
Result<void> RoleSetup::CheckUnchanged(const Plan& plan) const {
  return MakePlan().and_then([&](const Plan& now) {
    return HasSameStatements(plan, now)
               ? Result<void>()
               : Fail(ErrorCode::kInvalidInput,
                      "the database has changed since these statements were shown: run this "
                      "again");
  });
}

Result<void> RoleSetup::RunSteps(const Plan& plan) {
  for (const PlanStep& step : plan.steps) {
    if (auto done = RunStep(step); !done) {
      return Fail(done.error().code, fmt::format("{} failed: {}", step.sql, done.error().message));
    }
  }
  return {};
}

Result<void> RoleSetup::RunStep(const PlanStep& step) {
  std::string sql = step.sql;
  if (step.kind == PlanStep::Kind::kPassword) {
    const auto verifier =
        exporter::PasswordVerifier(password_, role_, admin_.conninfo.ToDsn(), kAdminLimits.connect);
    if (!verifier) {
      return Fail(verifier.error());
    }
    sql = fmt::format("ALTER ROLE {} PASSWORD {}", collectors::QuoteIdentifier(role_),
                      collectors::QuoteLiteral(verifier->Reveal()));
  }
  return admin_.session->Query(sql).transform([](const auto&) {});
}

/// The server only warns about a GRANT by somebody who may not grant.
Result<void> RoleSetup::CheckEffect() const {
  return MakePlan().and_then([](const Plan& left) -> Result<void> {
    const auto undone =
        std::find_if(left.steps.begin(), left.steps.end(),
                     [](const PlanStep& step) { return step.kind != PlanStep::Kind::kPassword; });
    if (undone != left.steps.end()) {
      return Fail(ErrorCode::kRefused, undone->sql + " had no effect");
    }
    return {};
  });
}

Result<int> RoleSetup::Run(const Plan& plan) {
  exporter::AdminSession& session = *admin_.session;
  if (const auto begun = session.Begin(exporter::Writes::kYes); !begun) {
    return Fail(begun.error());
  }
  const auto done = CheckUnchanged(plan).and_then([&] { return RunSteps(plan); }).and_then([&] {
    return CheckEffect();
  });
  if (!done) {
    session.Rollback();
    if (done.error().code == ErrorCode::kUnavailable) {
      return Fail(done.error());
    }
    fmt::print(stderr, "hakem: nothing was changed: {}{}\n", dba::VisibleText(done.error().message),
               SuperuserHint(done.error(), admin_));
    return kWrong;
  }
  if (const auto committed = session.Commit(); !committed) {
    return Fail(committed.error());
  }
  fmt::print(stderr, "done: role {} is ready\n", role_);
  return kFine;
}

}  // namespace hakem::cli
