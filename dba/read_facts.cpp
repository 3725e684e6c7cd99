#include "dba/read_facts.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <utility>

#include "dba/fillfactor_plan.h"
#include "dba/script_text.h"

namespace hakem::exporter {
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

/// By the columns of kRoleSql from the fifth on.
constexpr std::array<std::string_view, 4> kPowers = {"create roles", "create databases",
                                                     "replicate", "bypass row-level security"};
constexpr std::size_t kFirstPower = 4;
constexpr std::size_t kOwned = kFirstPower + kPowers.size();

// Whoever makes a role is a member of it from PostgreSQL 16 on; a superuser need not be one.
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

// What is in public and named like the extension, and not part of any extension.
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
       has_schema_privilege({0}, n.oid, 'USAGE') AS usage
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE n.nspname = {1} AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
ORDER BY c.relname, a.attnum)";

// Column numbers of an index in its order; 0 is an expression.
constexpr std::string_view kIndexesSql = R"(
SELECT i.relname AS name, t.relname AS table, am.amname = 'btree' AS is_btree,
       x.indisvalid AND x.indisready AS is_valid,
       EXISTS (SELECT FROM pg_stat_progress_create_index b WHERE b.index_relid = i.oid)
         AS is_building,
       pg_get_expr(x.indpred, x.indrelid) AS predicate,
       a.attname AS column, k.place <= x.indnkeyatts AS is_key
FROM pg_index x
     JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_am am ON am.oid = i.relam
     JOIN pg_class t ON t.oid = x.indrelid JOIN pg_namespace n ON n.oid = t.relnamespace
     CROSS JOIN unnest(x.indkey) WITH ORDINALITY AS k(number, place)
     LEFT JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.number
WHERE n.nspname = {}
ORDER BY i.relname, k.place)";

// A type's size where it is fixed, else a guess.
constexpr std::string_view kTableSql = R"(
SELECT c.reltuples, c.relpages, pg_relation_size(c.oid) AS bytes,
       (SELECT sum(CASE WHEN a.attlen > 0 THEN a.attlen ELSE 32 END) FROM pg_attribute a
        WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS row_width,
       c.relkind = 'p' AS is_partitioned
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = {} AND c.relname = {})";

// The common values are written as text by their type's output function: only by PostgreSQL's own.
constexpr std::string_view kColumnsSql = R"(
SELECT a.attname AS column,
       coalesce(s.avg_width, CASE WHEN a.attlen > 0 THEN a.attlen ELSE 32 END) AS width,
       coalesce(s.null_frac, 0) AS null_share, coalesce(s.n_distinct, 0) AS distinct,
       m.value, m.share
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
     JOIN pg_type t ON t.oid = a.atttypid
     LEFT JOIN pg_stats s ON s.schemaname = n.nspname AND s.tablename = c.relname
                             AND s.attname = a.attname AND NOT s.inherited
     LEFT JOIN LATERAL ROWS FROM (
       unnest(CASE WHEN t.typtype = 'e' OR t.typnamespace = 'pg_catalog'::regnamespace
                   THEN s.most_common_vals::text::text[] END),
       unnest(s.most_common_freqs)) AS m(value, share) ON true
WHERE n.nspname = {} AND c.relname = {} AND a.attname IN ({})
ORDER BY a.attname)";

bool IsTrue(const Rows& rows, std::size_t row, std::size_t column) {
  return rows.Text(row, column) == "t";
}

std::string TextAt(const Rows& rows, std::size_t row, std::size_t column) {
  return std::string(rows.Text(row, column).value_or(""));
}

/// The texts of a query's only column.
Result<std::vector<std::string>> ReadTexts(Session& session, std::string_view sql) {
  return session.Query(sql).transform([](const Rows& rows) {
    std::vector<std::string> texts;
    for (std::size_t row = 0; row < rows.size(); ++row) {
      texts.push_back(TextAt(rows, row, 0));
    }
    return texts;
  });
}

using Names = std::set<std::string, std::less<>>;

Result<Names> ReadNames(Session& session, std::string_view sql) {
  return ReadTexts(session, sql).transform([](const std::vector<std::string>& texts) {
    return Names(texts.begin(), texts.end());
  });
}

/// The tables that are refused are as if they could not be read.
void Suspend(GameFacts& game) {
  for (auto& [name, table] : game.schema.tables) {
    const auto refused = game.refused.find(game.schema.names.TableName(name));
    if (refused != game.refused.end()) {
      table.suspended = refused->second;
    }
  }
}

Result<GameFacts> ReadGame(Session& session, const GameOptions& game) {
  auto schema = session.Query(collectors::SchemaSql(game)).and_then([&](const Rows& rows) {
    return collectors::ReadGameSchema(rows, game);
  });
  if (!schema || schema->name.empty()) {
    return std::move(schema).transform([](GameSchema none) { return GameFacts{std::move(none)}; });
  }
  if (VisibleText(schema->name) != schema->name) {
    return Fail(ErrorCode::kInvalidInput,
                fmt::format("the schema {} has a game's table of sessions, but characters in its "
                            "name that cannot be seen; name the game's schema under `games` in "
                            "hakem.yml",
                            ScriptIdentifier(schema->name)));
  }
  auto refused = session.Query(RelationCheckSql(*schema)).and_then(ReadRefusedRelations);
  if (!refused) {
    return Fail(refused.error());
  }
  GameFacts facts{*std::move(schema), *std::move(refused)};
  Suspend(facts);
  return facts;
}

/// Whether a collector reads this column, by the game's names.
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

/// Rights of `subject`, a role or "public", in the game's schema.
Result<SchemaAccess> ReadAccess(Session& session, const std::string& subject,
                                const GameFacts& game) {
  const GameSchema& schema = game.schema;
  SchemaAccess access{.schema = schema.name, .usage = false, .tables = {}};
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

/// What ANALYZE found, a row for each common value of each column.
std::map<std::string, ColumnStatistics, std::less<>> ReadColumns(const Rows& rows) {
  std::map<std::string, ColumnStatistics, std::less<>> columns;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    ColumnStatistics& column = columns[TextAt(rows, row, 0)];
    column.width = static_cast<std::int64_t>(rows.Number(row, 1).value_or(0));
    column.null_share = rows.Number(row, 2).value_or(0);
    column.distinct = rows.Number(row, 3).value_or(0);
    if (const auto value = rows.Text(row, 4)) {
      column.common.emplace(*value, rows.Number(row, 5).value_or(0));
    }
  }
  return columns;
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
  // A role of no name of its own has what everyone has.
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

Result<std::vector<GameFacts>> ReadGames(Session& session, const std::vector<GameOptions>& games) {
  std::vector<GameFacts> found;
  for (const GameOptions& game : games) {
    auto facts = ReadGame(session, game);
    if (!facts) {
      return Fail(facts.error());
    }
    if (!facts->schema.name.empty()) {
      found.push_back(*std::move(facts));
    }
  }
  return found;
}

Result<std::vector<ExistingIndex>> ReadIndexes(Session& session, const std::string& schema) {
  return session.Query(fmt::format(kIndexesSql, QuoteLiteral(schema)))
      .transform([](const Rows& rows) {
        std::vector<ExistingIndex> indexes;
        for (std::size_t row = 0; row < rows.size(); ++row) {
          const std::string name = TextAt(rows, row, 0);
          if (indexes.empty() || indexes.back().name != name) {
            indexes.push_back({.name = name,
                               .table = TextAt(rows, row, 1),
                               .is_btree = IsTrue(rows, row, 2),
                               .is_valid = IsTrue(rows, row, 3),
                               .is_building = IsTrue(rows, row, 4),
                               .keys = {},
                               .included = {},
                               .predicate = TextAt(rows, row, 5)});
          }
          ExistingIndex& index = indexes.back();
          (IsTrue(rows, row, 7) ? index.keys : index.included).push_back(TextAt(rows, row, 6));
        }
        return indexes;
      });
}

Result<IndexEstimate> ReadEstimate(Session& session, const WantedIndex& index) {
  const std::string schema = QuoteLiteral(index.schema);
  const std::string name = QuoteLiteral(index.table);
  const auto size = session.Query(fmt::format(kTableSql, schema, name));
  if (!size) {
    return Fail(size.error());
  }
  if (size->empty()) {
    return Fail(ErrorCode::kNotFound,
                fmt::format("the table {} was there and is gone", index.Relation()));
  }
  std::vector<std::string> wanted;
  for (const std::string& column : ColumnsOf(index)) {
    wanted.push_back(QuoteLiteral(column));
  }
  const auto columns =
      session.Query(fmt::format(kColumnsSql, schema, name, fmt::join(wanted, ", ")));
  if (!columns) {
    return Fail(columns.error());
  }
  const auto number = [&](std::size_t column) {
    return static_cast<std::int64_t>(size->Number(0, column).value_or(0));
  };
  return EstimateIndex(index, {.rows = size->Number(0, 0).value_or(-1),
                               .pages = number(1),
                               .bytes = number(2),
                               .row_width = number(3),
                               .is_partitioned = IsTrue(*size, 0, 4),
                               .columns = ReadColumns(*columns)});
}

Result<std::vector<std::string>> ReadFullTables(Session& session, const GameSchema& schema) {
  return ReadTexts(session, FullTablesSql(schema));
}

Result<std::vector<collectors::ChurnWarning>> ReadChurnWarnings(Session& session,
                                                                const GameSchema& schema) {
  return session.Query(collectors::ChurnSql(schema)).and_then([&](const Rows& rows) {
    return collectors::ReadChurn(rows, schema);
  });
}

}  // namespace hakem::exporter
