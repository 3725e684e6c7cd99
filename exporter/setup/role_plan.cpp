#include "exporter/setup/role_plan.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "collectors/core/session.h"

namespace hakem::exporter {
namespace {

using collectors::QuoteIdentifier;

/// An extension some collectors need, and the library that must be loaded at the server's start for
/// it; empty when none.
struct Extension {
  std::string_view name;
  std::string_view library;
  std::string_view why;
};

constexpr Extension kExtensions[] = {
    {"pg_stat_statements", "pg_stat_statements", "Which statements cost most."},
    {"pg_buffercache", "", "How full shared_buffers is."},
};

std::string Qualified(const SchemaAccess& game, const TableAccess& table) {
  return fmt::format("{}.{}", QuoteIdentifier(game.schema), QuoteIdentifier(table.table));
}

void PlanLogin(const RoleFacts& facts, SetupPlan& plan) {
  const std::string role = QuoteIdentifier(facts.role);
  if (!facts.exists) {
    plan.steps.push_back({fmt::format("CREATE ROLE {} LOGIN", role), "Who Hakem is here."});
  } else if (!facts.can_login) {
    plan.steps.push_back({fmt::format("ALTER ROLE {} LOGIN", role), "It has to log in."});
  }
  if (facts.is_superuser) {
    plan.advice.push_back(fmt::format(
        "{} is a superuser: it can read password hashes and change anything. Watching needs none "
        "of that:\nALTER ROLE {} NOSUPERUSER;",
        facts.role, role));
  }
  if (facts.has_password && !facts.password_works) {
    plan.steps.push_back({fmt::format("\\password {}", role),
                          "Only a verifier of the password is sent (SCRAM-SHA-256).",
                          SetupStep::Kind::kPassword});
  } else if (!facts.exists && !facts.has_password) {
    plan.advice.push_back(
        fmt::format("{} gets no password: pg_hba.conf must let it in (peer, cert), or name one by "
                    "--role-password-file.",
                    facts.role));
  }
}

void PlanRights(const RoleFacts& facts, SetupPlan& plan) {
  const std::string role = QuoteIdentifier(facts.role);
  if (!facts.is_read_only) {
    plan.steps.push_back({fmt::format("ALTER ROLE {} SET default_transaction_read_only = on", role),
                          "It watches, and changes nothing."});
  }
  if (!facts.is_monitor && !facts.is_superuser) {
    plan.steps.push_back({fmt::format("GRANT pg_monitor TO {}", role),
                          "Other sessions' transactions and statements, and the statistics in "
                          "full; no row of any table."});
  }
  for (const std::string& database : facts.closed_databases) {
    plan.steps.push_back(
        {fmt::format("GRANT CONNECT ON DATABASE {} TO {}", QuoteIdentifier(database), role),
         "The statistics of a database's tables are told inside it alone."});
  }
}

/// Whether the role reads all of the table by a grant of its own, secrets included.
bool SeesSecretsByGrant(const TableAccess& table) {
  return table.granted_whole &&
         std::any_of(table.columns.begin(), table.columns.end(), [](const ColumnAccess& column) {
           return column.readable && IsSecretColumn(column.column);
         });
}

void PlanTable(const RoleFacts& facts, const SchemaAccess& game, const TableAccess& table,
               SetupPlan& plan) {
  const std::string role = QuoteIdentifier(facts.role);
  const bool revoke = SeesSecretsByGrant(table) && !facts.is_superuser;
  if (revoke) {
    plan.steps.push_back({fmt::format("REVOKE SELECT ON {} FROM {}", Qualified(game, table), role),
                          "It could read secrets; the columns it needs follow."});
  }
  std::vector<std::string> missing;
  for (const ColumnAccess& column : table.columns) {
    if (column.wanted && (revoke || !column.readable)) {
      missing.push_back(QuoteIdentifier(column.column));
    }
    if (IsSecretColumn(column.column) && column.readable && !revoke && !facts.is_superuser) {
      plan.advice.push_back(fmt::format(
          "{} may read {}.{} by a grant to PUBLIC, to a role it is a member of, or on the column. "
          "Take that back.",
          facts.role, Qualified(game, table), QuoteIdentifier(column.column)));
    }
  }
  if (!missing.empty()) {
    plan.steps.push_back({fmt::format("GRANT SELECT ({}) ON {} TO {}", fmt::join(missing, ", "),
                                      Qualified(game, table), role),
                          "What the game's metrics are counted from."});
  }
}

void PlanGame(const RoleFacts& facts, const SchemaAccess& game, SetupPlan& plan) {
  if (game.schema.empty()) {
    plan.advice.emplace_back(
        "No schema of this database has a game's table of sessions: only PostgreSQL itself is "
        "watched.\nRun this again once the tables exist, or map their names under `games` in "
        "hakem.yml.");
    return;
  }
  if (!game.usage) {
    plan.steps.push_back({fmt::format("GRANT USAGE ON SCHEMA {} TO {}",
                                      QuoteIdentifier(game.schema), QuoteIdentifier(facts.role)),
                          "To find the game's tables."});
  }
  for (const TableAccess& table : game.tables) {
    PlanTable(facts, game, table, plan);
  }
}

void PlanExtension(const RoleFacts& facts, const Extension& extension, SetupPlan& plan) {
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
  } else {
    plan.steps.push_back({fmt::format("CREATE EXTENSION {} SCHEMA public", extension.name),
                          std::string(extension.why)});
  }
}

}  // namespace

SetupPlan PlanRole(const RoleFacts& facts) {
  SetupPlan plan;
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

}  // namespace hakem::exporter
