#include "exporter/setup/read_facts.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "exporter/setup/room_plan.h"

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
       coalesce('default_transaction_read_only=on' = ANY (rolconfig), false) AS is_read_only
FROM pg_roles WHERE rolname = {})";

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

constexpr std::string_view kTableSql = R"(
SELECT pg_relation_size(c.oid) AS bytes, c.relkind = 'p' AS is_partitioned
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = {} AND c.relname = {})";

bool IsTrue(const Rows& rows, std::size_t row, std::size_t column) {
  return rows.Text(row, column) == "t";
}

std::string TextAt(const Rows& rows, std::size_t row, std::size_t column) {
  return std::string(rows.Text(row, column).value_or(""));
}

/// The texts of a query's only column.
Result<std::vector<std::string>> ReadTexts(Session& session, std::string_view sql) {
  return session.Query(sql).map([](const Rows& rows) {
    std::vector<std::string> texts;
    for (std::size_t row = 0; row < rows.size(); ++row) {
      texts.push_back(TextAt(rows, row, 0));
    }
    return texts;
  });
}

using Names = std::set<std::string, std::less<>>;

Result<Names> ReadNames(Session& session, std::string_view sql) {
  return ReadTexts(session, sql).map([](const std::vector<std::string>& texts) {
    return Names(texts.begin(), texts.end());
  });
}

Result<GameSchema> ReadGame(Session& session, const GameOptions& game) {
  return session.Query(collectors::SchemaSql(game)).and_then([&](const Rows& rows) {
    return collectors::ReadGameSchema(rows, game);
  });
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
                                const GameSchema& schema) {
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
      access.tables.push_back({.table = table, .granted_whole = IsTrue(*rows, row, 3)});
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
}

/// The number behind `rows=` or `width=` in the first line of a plan.
std::int64_t PlanNumber(std::string_view line, std::string_view key) {
  const std::size_t place = line.find(key);
  std::int64_t number = 0;
  if (place != line.npos) {
    line.remove_prefix(place + key.size());
    std::from_chars(line.data(), line.data() + line.size(), number);
  }
  return number;
}

}  // namespace

Result<Administrator> ReadAdministrator(Session& session) {
  return session.Query(kAdministratorSql).map([](const Rows& rows) {
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
  auto closed = ReadTexts(session, fmt::format(kClosedDatabasesSql, QuoteLiteral(subject)));
  auto preloaded = ReadNames(session, kPreloadedSql);
  auto available = ReadNames(session, kAvailableSql);
  for (const auto* failed :
       {closed ? nullptr : &closed.error(), preloaded ? nullptr : &preloaded.error(),
        available ? nullptr : &available.error()}) {
    if (failed != nullptr) {
      return Fail(*failed);
    }
  }
  facts.closed_databases = *std::move(closed);
  facts.preloaded = *std::move(preloaded);
  facts.available = *std::move(available);
  facts.installed = session.facts().extensions;
  for (const GameOptions& game : games) {
    auto access = ReadGame(session, game).and_then([&](const GameSchema& schema) {
      return ReadAccess(session, subject, schema);
    });
    if (!access) {
      return Fail(access.error());
    }
    facts.games.push_back(*std::move(access));
  }
  return facts;
}

Result<std::vector<GameSchema>> ReadGames(Session& session, const std::vector<GameOptions>& games) {
  std::vector<GameSchema> schemas;
  for (const GameOptions& game : games) {
    auto schema = ReadGame(session, game);
    if (!schema) {
      return Fail(schema.error());
    }
    if (!schema->name.empty()) {
      schemas.push_back(*std::move(schema));
    }
  }
  return schemas;
}

Result<std::vector<ExistingIndex>> ReadIndexes(Session& session, const std::string& schema) {
  return session.Query(fmt::format(kIndexesSql, QuoteLiteral(schema))).map([](const Rows& rows) {
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
  const auto table =
      session.Query(fmt::format(kTableSql, QuoteLiteral(index.schema), QuoteLiteral(index.table)));
  if (!table) {
    return Fail(table.error());
  }
  const auto plan = session.Query("EXPLAIN " + IndexedRowsSql(index));
  if (!plan) {
    return Fail(plan.error());
  }
  const std::string top = TextAt(*plan, 0, 0);
  return IndexEstimate{.rows = PlanNumber(top, "rows="),
                       .width = PlanNumber(top, "width="),
                       .table_bytes = static_cast<std::int64_t>(table->Number(0, 0).value_or(0)),
                       .is_partitioned = IsTrue(*table, 0, 1)};
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
