#include "dba/role_facts.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include "dba/catalog_rows.h"
#include "dba/game_facts.h"

namespace hakem::dba {
namespace {

using collectors::GameOptions;
using collectors::GameSchema;
using collectors::QuoteLiteral;
using collectors::Rows;
using collectors::Session;

constexpr std::string_view kAdministratorSql =
    "SELECT rolname, rolsuper FROM pg_roles WHERE rolname = current_user";

constexpr std::string_view kRoleSql = R"(
SELECT rolsuper, rolcanlogin, pg_has_role(oid, 'pg_monitor', 'USAGE') AS is_monitor,
       coalesce('default_transaction_read_only=on' = ANY (rolconfig), false) AS is_read_only,
       rolcreaterole, rolcreatedb, rolreplication, rolbypassrls,
       (SELECT count(*) FROM pg_shdepend d
        WHERE d.refclassid = 'pg_authid'::regclass AND d.refobjid = r.oid AND d.deptype = 'o')
         AS owned
FROM pg_roles r WHERE rolname = {})";

/// What the columns of kRoleSql from the fifth on allow the role.
constexpr std::array<std::string_view, 4> kPowers = {"create roles", "create databases",
                                                     "replicate", "bypass row-level security"};
constexpr std::size_t kFirstPower = 4;
constexpr std::size_t kOwned = kFirstPower + kPowers.size();

// From PostgreSQL 16 on the creator of a role is a member of it, so the administrator is left out.
constexpr std::string_view kMembersSql = R"(
SELECT DISTINCT m.rolname FROM pg_auth_members a JOIN pg_roles m ON m.oid = a.member
WHERE a.roleid = (SELECT oid FROM pg_roles WHERE rolname = {}) AND NOT m.rolsuper
  AND m.rolname <> current_user
ORDER BY 1)";

constexpr std::string_view kMembershipsSql = R"(
SELECT DISTINCT g.rolname FROM pg_auth_members a JOIN pg_roles g ON g.oid = a.roleid
WHERE a.member = (SELECT oid FROM pg_roles WHERE rolname = {})
  AND g.rolname NOT IN ('pg_monitor', 'pg_read_all_settings', 'pg_read_all_stats',
                        'pg_stat_scan_tables')
ORDER BY 1)";

constexpr std::string_view kInstalledSql = "SELECT extname FROM pg_extension";

// Extensions whose names begin the name of an object in public that is part of no extension.
constexpr std::string_view kPlantedSql = R"(
SELECT e.name FROM (VALUES ('pg_stat_statements'), ('pg_buffercache')) AS e(name)
WHERE EXISTS (
  SELECT FROM (SELECT 'pg_proc'::regclass AS class, oid, proname AS name FROM pg_proc
               WHERE pronamespace = (SELECT oid FROM pg_namespace WHERE nspname = 'public')
               UNION ALL
               SELECT 'pg_class'::regclass, oid, relname FROM pg_class
               WHERE relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = 'public')
               UNION ALL
               SELECT 'pg_type'::regclass, oid, typname FROM pg_type
               WHERE typnamespace = (SELECT oid FROM pg_namespace WHERE nspname = 'public')) o
  WHERE starts_with(o.name::text, e.name)
    AND NOT EXISTS (SELECT FROM pg_depend d
                    WHERE d.classid = o.class AND d.objid = o.oid
                      AND d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e')))";

constexpr std::string_view kClosedDatabasesSql = R"(
SELECT datname FROM pg_database
WHERE datallowconn AND NOT datistemplate AND NOT has_database_privilege({}, oid, 'CONNECT')
ORDER BY 1)";

constexpr std::string_view kPreloadedSql =
    "SELECT trim(name) FROM "
    "unnest(string_to_array(current_setting('shared_preload_libraries'), ',')) AS name";

constexpr std::string_view kAvailableSql = "SELECT name FROM pg_available_extensions";

constexpr std::string_view kAccessSql = R"(
SELECT c.relname AS table, a.attname AS column,
       has_column_privilege({0}, c.oid, a.attnum, 'SELECT') AS readable,
       EXISTS (SELECT FROM aclexplode(c.relacl) g JOIN pg_roles r ON r.oid = g.grantee
               WHERE r.rolname = {0} AND g.privilege_type = 'SELECT') AS granted_whole,
       has_schema_privilege({0}, n.oid, 'USAGE') AS usage,
       EXISTS (SELECT FROM pg_sequence s JOIN pg_class r ON r.oid = s.seqrelid
               WHERE r.relnamespace = n.oid
                     AND NOT has_sequence_privilege({0}, s.seqrelid, 'SELECT, USAGE')) AS hides_sequences
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE n.nspname = {1} AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
ORDER BY c.relname, a.attnum)";

/// Whether a collector reads this column. Table and column have the game's names.
bool IsWanted(const GameSchema& schema, std::string_view table, std::string_view column) {
  return std::any_of(
      collectors::kGameTables.begin(), collectors::kGameTables.end(),
      [&](const collectors::GameTableSpec& spec) {
        return schema.names.TableName(spec.name) == table &&
               std::any_of(spec.columns.begin(), spec.columns.end(), [&](std::string_view known) {
                 return schema.names.ColumnName(spec.name, known) == column;
               });
      });
}

/// Reads the rights of `subject`, a role or "public", in the game's schema.
Result<SchemaAccess> ReadAccess(Session& session, const std::string& subject,
                                const GameFacts& game) {
  const GameSchema& schema = game.schema;
  SchemaAccess access{
      .schema = schema.name, .usage = false, .hides_sequences = false, .tables = {}};
  if (schema.name.empty()) {
    return access;
  }
  const auto rows =
      session.Query(fmt::format(kAccessSql, QuoteLiteral(subject), QuoteLiteral(schema.name)));
  if (!rows) {
    return Fail(rows.error());
  }
  for (std::size_t row = 0; row < rows->size(); ++row) {
    const std::string table = TextAt(*rows, row, 0);
    if (access.tables.empty() || access.tables.back().table != table) {
      const auto refused = game.refused.find(table);
      access.tables.push_back({.table = table,
                               .granted_whole = IsTrue(*rows, row, 3),
                               .refused = refused != game.refused.end() ? refused->second : ""});
    }
    const std::string column = TextAt(*rows, row, 1);
    access.tables.back().columns.push_back({.column = column,
                                            .wanted = IsWanted(schema, table, column),
                                            .readable = IsTrue(*rows, row, 2)});
    access.usage = IsTrue(*rows, row, 4);
    access.hides_sequences = IsTrue(*rows, row, 5);
  }
  return access;
}

void ReadRole(const Rows& rows, RoleFacts& facts) {
  facts.exists = !rows.empty();
  facts.is_superuser = facts.exists && IsTrue(rows, 0, 0);
  facts.can_login = facts.exists && IsTrue(rows, 0, 1);
  facts.is_monitor = facts.exists && IsTrue(rows, 0, 2);
  facts.is_read_only = facts.exists && IsTrue(rows, 0, 3);
  for (std::size_t power = 0; facts.exists && power < kPowers.size(); ++power) {
    if (IsTrue(rows, 0, kFirstPower + power)) {
      facts.powers.emplace_back(kPowers[power]);
    }
  }
  facts.owned_objects =
      facts.exists ? static_cast<std::int64_t>(rows.Number(0, kOwned).value_or(0)) : 0;
}

}  // namespace

Result<Administrator> ReadAdministrator(Session& session) {
  return session.Query(kAdministratorSql).transform([](const Rows& rows) {
    return Administrator{TextAt(rows, 0, 0), IsTrue(rows, 0, 1)};
  });
}

Result<RoleFacts> ReadRoleFacts(Session& session, const std::string& role,
                                const std::vector<GameOptions>& games) {
  RoleFacts facts{.role = role};
  const auto row = session.Query(fmt::format(kRoleSql, QuoteLiteral(role)));
  if (!row) {
    return Fail(row.error());
  }
  ReadRole(*row, facts);
  // A role that does not exist has the rights of everyone.
  const std::string subject = facts.exists ? role : "public";
  const std::string name = QuoteLiteral(role);
  const auto texts = [&](std::vector<std::string>& into) {
    return [&into](std::vector<std::string> read) { into = std::move(read); };
  };
  const auto names = [&](Names& into) { return [&into](Names read) { into = std::move(read); }; };
  const auto read =
      ReadTexts(session, fmt::format(kClosedDatabasesSql, QuoteLiteral(subject)))
          .transform(texts(facts.closed_databases))
          .and_then([&] { return ReadTexts(session, fmt::format(kMembersSql, name)); })
          .transform(texts(facts.members))
          .and_then([&] { return ReadTexts(session, fmt::format(kMembershipsSql, name)); })
          .transform(texts(facts.memberships))
          .and_then([&] { return ReadNames(session, kPreloadedSql); })
          .transform(names(facts.preloaded))
          .and_then([&] { return ReadNames(session, kAvailableSql); })
          .transform(names(facts.available))
          .and_then([&] { return ReadNames(session, kInstalledSql); })
          .transform(names(facts.installed))
          .and_then([&] { return ReadNames(session, kPlantedSql); })
          .transform(names(facts.planted));
  if (!read) {
    return Fail(read.error());
  }
  for (const GameOptions& game : games) {
    auto access = ReadGame(session, game).and_then([&](const GameFacts& found) {
      return ReadAccess(session, subject, found);
    });
    if (!access) {
      return Fail(access.error());
    }
    facts.games.push_back(*std::move(access));
  }
  return facts;
}

}  // namespace hakem::dba
