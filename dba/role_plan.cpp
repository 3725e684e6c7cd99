#include "dba/role_plan.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "dba/script_text.h"

namespace hakem::dba {
namespace {

/// An extension that some collectors need.
struct Extension {
  std::string_view name;
  std::string_view library;  ///< Must be in shared_preload_libraries; empty: none.
  std::string_view why;
};

constexpr Extension kExtensions[] = {
    {"pg_stat_statements", "pg_stat_statements", "It shows which statements cost most."},
    {"pg_buffercache", "", "It shows how full shared_buffers is."},
};

std::string Qualified(const SchemaAccess& game, const TableAccess& table) {
  return fmt::format("{}.{}", ScriptIdentifier(game.schema), ScriptIdentifier(table.table));
}

void PlanLogin(const RoleFacts& facts, Plan& plan) {
  const std::string role = ScriptIdentifier(facts.role);
  if (!facts.exists) {
    plan.steps.push_back(
        {fmt::format("CREATE ROLE {} LOGIN", role), "Hakem connects as this role."});
  } else if (!facts.can_login) {
    plan.steps.push_back({fmt::format("ALTER ROLE {} LOGIN", role), "It has to log in."});
  }
  if (facts.has_password && !facts.password_works) {
    plan.steps.push_back({fmt::format("\\password {}", role),
                          facts.exists
                              ? "The role exists and gets another password: logins with the "
                                "old one fail from now on. Only a verifier of the "
                                "password is sent (SCRAM-SHA-256)."
                              : "Only a verifier of the password is sent (SCRAM-SHA-256).",
                          PlanStep::Kind::kPassword});
  } else if (!facts.exists && !facts.has_password) {
    plan.advice.push_back(
        fmt::format("{} gets no password: pg_hba.conf must let it in (peer, cert), or name one by "
                    "--role-password-file.",
                    role));
  }
}

void PlanRights(const RoleFacts& facts, Plan& plan) {
  const std::string role = ScriptIdentifier(facts.role);
  if (!facts.is_read_only) {
    plan.steps.push_back({fmt::format("ALTER ROLE {} SET default_transaction_read_only = on", role),
                          "Hakem only reads."});
  }
  for (const std::string& other : facts.memberships) {
    plan.advice.push_back(fmt::format(
        "{0} is a member of {1} and has that role's rights, of which Hakem needs none:\nREVOKE "
        "{1} FROM {0};",
        role, ScriptIdentifier(other)));
  }
  if (!facts.is_monitor) {
    plan.steps.push_back({fmt::format("GRANT pg_monitor TO {}", role),
                          "To see other sessions' transactions and statements, and all "
                          "statistics; it opens no row of any table."});
  }
  for (const std::string& database : facts.closed_databases) {
    plan.steps.push_back(
        {fmt::format("GRANT CONNECT ON DATABASE {} TO {}", ScriptIdentifier(database), role),
         "The statistics of a database's tables can only be read in it."});
  }
}

/// Whether a grant to the role itself opens the whole table, with its secrets.
bool SeesSecretsByGrant(const TableAccess& table) {
  return table.granted_whole &&
         std::any_of(table.columns.begin(), table.columns.end(), [](const ColumnAccess& column) {
           return column.readable && IsSecretColumn(column.column);
         });
}

void PlanTable(const RoleFacts& facts, const SchemaAccess& game, const TableAccess& table,
               Plan& plan) {
  const std::string role = ScriptIdentifier(facts.role);
  const bool revoke = SeesSecretsByGrant(table);
  if (revoke) {
    plan.steps.push_back({fmt::format("REVOKE SELECT ON {} FROM {}", Qualified(game, table), role),
                          "The role could read secrets. The columns that Hakem needs follow."});
  }
  if (!table.refused.empty()) {
    plan.advice.push_back(
        fmt::format("{} is not watched: {}.", Qualified(game, table), table.refused));
  }
  std::vector<std::string> missing;
  for (const ColumnAccess& column : table.columns) {
    if (column.wanted && table.refused.empty() && (revoke || !column.readable)) {
      missing.push_back(ScriptIdentifier(column.column));
    }
    if (IsSecretColumn(column.column) && column.readable && !revoke) {
      plan.advice.push_back(fmt::format(
          "{} may read {}.{} by a grant to PUBLIC, to a role it is a member of, or on the column. "
          "Revoke that grant.",
          role, Qualified(game, table), ScriptIdentifier(column.column)));
    }
  }
  if (!missing.empty()) {
    plan.steps.push_back({fmt::format("GRANT SELECT ({}) ON {} TO {}", fmt::join(missing, ", "),
                                      Qualified(game, table), role),
                          "The game's metrics are computed from these columns."});
  }
}

void PlanGame(const RoleFacts& facts, const SchemaAccess& game, Plan& plan) {
  if (game.schema.empty()) {
    plan.advice.emplace_back(
        "No schema of this database has a game's table of sessions: only PostgreSQL itself is "
        "watched.\nRun this again once the tables exist, or map their names under `games` in "
        "hakem.yml.");
    return;
  }
  if (!game.usage) {
    plan.steps.push_back({fmt::format("GRANT USAGE ON SCHEMA {} TO {}",
                                      ScriptIdentifier(game.schema), ScriptIdentifier(facts.role)),
                          "To find the game's tables."});
  }
  for (const TableAccess& table : game.tables) {
    PlanTable(facts, game, table, plan);
  }
  if (game.hides_sequences) {
    plan.steps.push_back({fmt::format("GRANT SELECT ON ALL SEQUENCES IN SCHEMA {} TO {}",
                                      ScriptIdentifier(game.schema), ScriptIdentifier(facts.role)),
                          "To warn before a sequence is used up: an insert would then fail."});
  }
}

void PlanExtension(const RoleFacts& facts, const Extension& extension, Plan& plan) {
  if (!facts.wanted.contains(extension.name) || facts.installed.contains(extension.name)) {
    return;
  }
  if (!facts.available.contains(extension.name)) {
    plan.advice.push_back(
        fmt::format("Extension {} is not on the server: install PostgreSQL's contrib package.",
                    extension.name));
  } else if (!extension.library.empty() && !facts.preloaded.contains(extension.library)) {
    plan.advice.push_back(
        fmt::format("{} Add {} to shared_preload_libraries, restart the server and run this again.",
                    extension.why, extension.library));
  } else if (facts.planted.contains(extension.name)) {
    plan.advice.push_back(fmt::format(
        "The schema public has objects named like those of the extension {0} that are not part of "
        "it. Find out whose they are, drop them and run this again (\\df public.{0}* and \\d "
        "public.{0}* in psql).",
        extension.name));
  } else {
    plan.steps.push_back({fmt::format("CREATE EXTENSION {} SCHEMA public", extension.name),
                          std::string(extension.why)});
  }
}

}  // namespace

std::optional<std::string> ReasonToRefuseRole(const RoleFacts& facts) {
  const std::string role = ScriptIdentifier(facts.role);
  const auto refuse = [&](std::string_view reason) {
    return fmt::format("the role {} is not prepared for watching: {}; name another by --role", role,
                       reason);
  };
  if (facts.role.empty() || VisibleText(facts.role) != facts.role) {
    return refuse("its name is empty or has characters that cannot be seen");
  }
  if (facts.role == "public" || facts.role == "none" || facts.role.starts_with("pg_")) {
    return refuse("PostgreSQL keeps this name for itself");
  }
  if (facts.is_superuser) {
    return refuse(
        "it is a superuser, which can read password hashes and change anything, and watching needs "
        "none of that");
  }
  if (!facts.powers.empty()) {
    return refuse(fmt::format("it may {}", fmt::join(facts.powers, ", ")));
  }
  if (facts.owned_objects > 0) {
    return refuse(
        fmt::format("it owns {} objects of this server, and its sessions would become read-only",
                    facts.owned_objects));
  }
  if (!facts.members.empty()) {
    return refuse(fmt::format("{} can act as it, and would get what it gets",
                              VisibleText(fmt::format("{}", fmt::join(facts.members, ", ")))));
  }
  return std::nullopt;
}

Plan PlanRole(const RoleFacts& facts) {
  Plan plan;
  PlanLogin(facts, plan);
  PlanRights(facts, plan);
  for (const SchemaAccess& game : facts.games) {
    PlanGame(facts, game, plan);
  }
  for (const Extension& extension : kExtensions) {
    PlanExtension(facts, extension, plan);
  }
  return plan;
}

bool IsSecretColumn(std::string_view column) {
  constexpr std::array<std::string_view, 5> kSigns = {"passw", "secret", "token", "hash", "salt"};
  std::string lower(column);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return std::any_of(kSigns.begin(), kSigns.end(),
                     [&](std::string_view sign) { return lower.find(sign) != lower.npos; });
}

}  // namespace hakem::dba
