#include "dba/index_plan.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>
#include <span>
#include <utility>

#include "collectors/core/session.h"
#include "dba/script_text.h"
#include "model/duration.h"

namespace hakem::dba {
namespace {

using collectors::GameSchema;
using collectors::QuoteLiteral;
using collectors::StatusWords;

constexpr std::string_view kSessions = "game_sessions";
constexpr std::string_view kConnections = "websocket_connections";

/// A kind of index. Tables and columns have the names of Hokm's schema.
struct IndexSpec {
  std::string_view purpose;  ///< The end of the index's name.
  std::string_view table;
  std::string_view key;
  std::string_view else_key = {};                   ///< The key if the table lacks `key`.
  std::span<const std::string_view> included = {};  ///< Columns that the table lacks are left out.
  std::string_view condition_column = {};           ///< Empty: no condition.
  WantedIndex::Condition::Kind condition_kind = WantedIndex::Condition::Kind::kWords;
  bool any_key = false;                                              ///< See WantedIndex.
  std::vector<std::string> StatusWords::*condition_words = nullptr;  ///< For the kind kWords.
  bool (*is_read)(const GameSchema&) = [](const GameSchema&) { return true; };
  std::string_view why;
};

bool ReadsEndsFromSessions(const GameSchema& schema) {
  const auto finished = collectors::FinishedGamesOf(schema);
  return !finished || finished->table == kSessions;
}

// Only columns that a collection reads. Columns that change at every move or ping (updated_at,
// last_ping) are in no index of live rows: each of those updates would add an index entry.
//
// The key of the live sessions is nearly constant on purpose: entries of equal keys are in the
// order of the table's pages, so that a scan visits each page once.
constexpr std::string_view kOfLive[] = {"id",         "status",    "game_type", "current_players",
                                        "created_at", "started_at"};
constexpr std::string_view kOfCompleted[] = {"game_type", "status", "started_at"};
constexpr std::string_view kOfDisconnected[] = {"disconnect_reason"};

const IndexSpec kSpecs[] = {
    {.purpose = "live",
     .table = kSessions,
     .key = "max_players",
     .else_key = "status",
     .included = kOfLive,
     .condition_column = "status",
     .condition_words = &StatusWords::live,
     .why = "Each collection reads the live games without those that have ended."},
    {.purpose = "live_by_player",
     .table = kConnections,
     .key = "player_id",
     .condition_column = "is_active",
     .condition_kind = WantedIndex::Condition::Kind::kTrue,
     .any_key = true,
     .why = "Each collection reads who is online without the sockets that are closed."},
    {.purpose = "completed_at",
     .table = kSessions,
     .key = "completed_at",
     .included = kOfCompleted,
     .is_read = ReadsEndsFromSessions,
     .why = "A collection reads the games that ended since the last one, and how long they took."},
    {.purpose = "disconnected_at",
     .table = kConnections,
     .key = "disconnected_at",
     .included = kOfDisconnected,
     .condition_column = "disconnected_at",
     .condition_kind = WantedIndex::Condition::Kind::kNotNull,
     .why = "A collection reads the sockets that closed since the last one, and why."},
};

/// PostgreSQL truncates longer names, which could then be taken.
constexpr std::size_t kLongestName = 63;

std::string IndexName(std::string_view table, std::string_view purpose) {
  const std::size_t room = kLongestName - purpose.size() - std::string_view("hakem__").size();
  return fmt::format("hakem_{}_{}", table.substr(0, room), purpose);
}

std::optional<WantedIndex::Condition> ConditionOf(const IndexSpec& spec, const GameSchema& schema) {
  if (spec.condition_column.empty()) {
    return std::nullopt;
  }
  WantedIndex::Condition condition{
      schema.names.ColumnName(spec.table, spec.condition_column), spec.condition_kind, {}, {}};
  const std::string column = ScriptIdentifier(condition.column);
  switch (condition.kind) {
    case WantedIndex::Condition::Kind::kTrue:
      condition.sql = column;
      break;
    case WantedIndex::Condition::Kind::kNotNull:
      condition.sql = fmt::format("{} IS NOT NULL", column);
      break;
    case WantedIndex::Condition::Kind::kWords:
      condition.words = schema.statuses.*spec.condition_words;
      std::vector<std::string> literals;
      std::transform(condition.words.begin(), condition.words.end(), std::back_inserter(literals),
                     QuoteLiteral);
      condition.sql = fmt::format("{} IN ({})", column, fmt::join(literals, ", "));
      break;
  }
  return condition;
}

std::string Columns(const std::vector<std::string>& names) {
  std::vector<std::string> quoted;
  std::transform(names.begin(), names.end(), std::back_inserter(quoted), ScriptIdentifier);
  return fmt::format("{}", fmt::join(quoted, ", "));
}

std::string CreateSql(const WantedIndex& index) {
  return fmt::format(
      "CREATE INDEX CONCURRENTLY {} ON {} ({}){}{}", ScriptIdentifier(index.name), index.Relation(),
      Columns(index.keys),
      index.included.empty() ? "" : fmt::format(" INCLUDE ({})", Columns(index.included)),
      index.condition ? fmt::format(" WHERE {}", index.condition->sql) : "");
}

/// Returns the quoted texts of an expression. Takes one pass, because others write the expression
/// and can make it long.
std::set<std::string> LiteralsOf(std::string_view expression) {
  std::set<std::string> literals;
  std::optional<std::string> open;
  for (std::size_t at = 0; at < expression.size(); ++at) {
    if (expression[at] != '\'') {
      if (open) {
        *open += expression[at];
      }
    } else if (!open) {
      open.emplace();
    } else if (expression.substr(at + 1).starts_with('\'')) {
      *open += '\'';
      ++at;
    } else {
      literals.insert(*std::exchange(open, std::nullopt));
    }
  }
  return literals;
}

/// Whether an index with this predicate has all rows that the wanted one has. The catalogs print
/// `status IN (…)` as `(status = ANY (ARRAY['…'::text, …]))` and add parentheses to any condition.
bool HasAllRowsOf(const std::string& predicate, const WantedIndex& wanted) {
  if (predicate.empty()) {
    return true;
  }
  if (!wanted.condition) {
    return false;
  }
  const WantedIndex::Condition& condition = *wanted.condition;
  if (!condition.words.empty()) {
    const std::set<std::string> words(condition.words.begin(), condition.words.end());
    return predicate.find(condition.column) != predicate.npos &&
           predicate.find("AND") == predicate.npos && LiteralsOf(predicate) == words;
  }
  const auto bare = [](std::string text) {
    std::erase_if(text, [](char c) { return c == '(' || c == ')' || c == '"'; });
    return text;
  };
  return bare(predicate) == bare(condition.sql);
}

bool Has(const ExistingIndex& index, const std::string& column) {
  const auto in = [&](const std::vector<std::string>& columns) {
    return std::find(columns.begin(), columns.end(), column) != columns.end();
  };
  return in(index.keys) || in(index.included);
}

ColumnStatistics StatisticsOf(const TableStatistics& table, const std::string& column) {
  const auto found = table.columns.find(column);
  return found != table.columns.end() ? found->second : ColumnStatistics();
}

/// Estimates the number of rows. A page has as many as when the table was analyzed, or, if it never
/// was, as many as fit.
double RowsNow(const TableStatistics& table) {
  constexpr double kPage = 8192;
  constexpr double kRowHeader = 28;
  const double pages = static_cast<double>(table.bytes) / kPage;
  return table.rows > 0 && table.pages > 0
             ? table.rows / static_cast<double>(table.pages) * pages
             : pages * kPage / (static_cast<double>(table.row_width) + kRowHeader);
}

/// Returns the share of rows that have one of these values.
double ShareOf(const std::vector<std::string>& values, const ColumnStatistics& column,
               double rows) {
  constexpr double kUnknown = 0.005;  // The planner's default for an equality.
  double seen = 0;
  for (const auto& [value, share] : column.common) {
    seen += share;
  }
  const double different = column.distinct < 0 ? -column.distinct * rows : column.distinct;
  const double rest_values = different - static_cast<double>(column.common.size());
  const double rest = std::max(0.0, 1 - seen - column.null_share);
  const double rare = rest_values >= 1 ? rest / rest_values : column.common.empty() ? kUnknown : 0;
  double share = 0;
  for (const std::string& value : values) {
    const auto found = column.common.find(value);
    share += found != column.common.end() ? found->second : rare;
  }
  return share;
}

double KeptShare(const WantedIndex::Condition& condition, const ColumnStatistics& column,
                 double rows) {
  switch (condition.kind) {
    case WantedIndex::Condition::Kind::kNotNull:
      return 1 - column.null_share;
    case WantedIndex::Condition::Kind::kTrue:
      return column.common.empty() ? 0.5 : ShareOf({"t"}, column, rows);
    case WantedIndex::Condition::Kind::kWords:
      return std::clamp(ShareOf(condition.words, column, rows), 0.0, 1.0);
  }
  return 1;
}

std::string Size(std::int64_t bytes) {
  constexpr std::int64_t kMiB = std::int64_t{1} << 20;
  return bytes < kMiB ? fmt::format("{} KiB", (bytes + 1023) / 1024)
                      : fmt::format("{} MiB", (bytes + kMiB / 2) / kMiB);
}

}  // namespace

std::string WantedIndex::Relation() const {
  return fmt::format("{}.{}", ScriptIdentifier(schema), ScriptIdentifier(table));
}

std::vector<WantedIndex> WantedIndexes(const GameSchema& schema) {
  std::vector<WantedIndex> wanted;
  for (const IndexSpec& spec : kSpecs) {
    const bool has_words =
        spec.condition_words == nullptr || !(schema.statuses.*spec.condition_words).empty();
    const std::string_view key = schema.Has(spec.table, spec.key) ? spec.key : spec.else_key;
    if (!schema.Has(spec.table, key) || !has_words ||
        (!spec.condition_column.empty() && !schema.Has(spec.table, spec.condition_column)) ||
        !spec.is_read(schema)) {
      continue;
    }
    const std::string table = schema.names.TableName(spec.table);
    WantedIndex index{.name = IndexName(table, spec.purpose),
                      .schema = schema.name,
                      .table = table,
                      .keys = {schema.names.ColumnName(spec.table, key)},
                      .included = {},
                      .condition = ConditionOf(spec, schema),
                      .any_key = spec.any_key,
                      .why = spec.why};
    for (const std::string_view column : spec.included) {
      if (column != key && schema.Has(spec.table, column)) {
        index.included.push_back(schema.names.ColumnName(spec.table, column));
      }
    }
    wanted.push_back(std::move(index));
  }
  return wanted;
}

std::vector<std::string> ColumnsOf(const WantedIndex& index) {
  std::vector<std::string> columns = index.keys;
  columns.insert(columns.end(), index.included.begin(), index.included.end());
  if (index.condition) {
    columns.push_back(index.condition->column);
  }
  return columns;
}

IndexEstimate EstimateIndex(const WantedIndex& index, const TableStatistics& table) {
  const double rows = RowsNow(table);
  const double kept =
      index.condition
          ? KeptShare(*index.condition, StatisticsOf(table, index.condition->column), rows)
          : 1;
  std::int64_t width = 0;
  for (const auto* columns : {&index.keys, &index.included}) {
    for (const std::string& column : *columns) {
      width += StatisticsOf(table, column).width;
    }
  }
  return {.rows = static_cast<std::int64_t>(rows * kept),
          .width = width,
          .table_bytes = table.bytes,
          .is_partitioned = table.is_partitioned};
}

bool Serves(const ExistingIndex& existing, const WantedIndex& wanted) {
  if (!existing.is_btree || !existing.is_valid || existing.table != wanted.table ||
      !HasAllRowsOf(existing.predicate, wanted)) {
    return false;
  }
  if (wanted.any_key) {
    return !existing.predicate.empty();
  }
  return existing.keys.size() >= wanted.keys.size() &&
         std::equal(wanted.keys.begin(), wanted.keys.end(), existing.keys.begin()) &&
         std::all_of(wanted.included.begin(), wanted.included.end(),
                     [&](const std::string& column) { return Has(existing, column); });
}

std::int64_t EstimatedBytes(const IndexEstimate& estimate) {
  constexpr std::int64_t kPage = 8192;
  // An entry has a header of 8 bytes, a pointer of 4, and its columns in multiples of 8.
  const std::int64_t entry = (estimate.width + 7) / 8 * 8 + 12;
  // Leaf pages are filled to 90 %. The metapage and the root come on top.
  return estimate.rows * entry * 10 / 9 + 2 * kPage;
}

Duration EstimatedBuildTime(const IndexEstimate& estimate) {
  // Measured on one core with the table in memory: each of the two passes reads 500 MB/s, and it
  // takes a microsecond to sort and write an entry.
  constexpr std::int64_t kBytesPerMillisecond = 500'000;
  constexpr std::int64_t kEntriesPerMillisecond = 1'000;
  return Duration(2 * estimate.table_bytes / kBytesPerMillisecond +
                  estimate.rows / kEntriesPerMillisecond);
}

Plan PlanIndex(const WantedIndex& wanted, const std::vector<ExistingIndex>& existing,
               const IndexEstimate& estimate) {
  Plan plan;
  if (std::any_of(existing.begin(), existing.end(),
                  [&](const ExistingIndex& index) { return Serves(index, wanted); })) {
    return plan;
  }
  const auto same_name =
      std::find_if(existing.begin(), existing.end(),
                   [&](const ExistingIndex& index) { return index.name == wanted.name; });
  if (same_name != existing.end() && same_name->is_building) {
    plan.advice.push_back(fmt::format("{} is being built by another session.", wanted.name));
    return plan;
  }
  if (estimate.is_partitioned) {
    plan.advice.push_back(fmt::format(
        "{} is partitioned: create this on each partition, without CONCURRENTLY on the table.\n{};",
        wanted.Relation(), CreateSql(wanted)));
    return plan;
  }
  if (same_name != existing.end()) {
    plan.steps.push_back(
        {fmt::format("DROP INDEX CONCURRENTLY {}.{}", ScriptIdentifier(wanted.schema),
                     ScriptIdentifier(wanted.name)),
         same_name->is_valid ? "An index of this name has another definition."
                             : "A failed build left it over: it is INVALID, so no query uses it, "
                               "but every change still updates it."});
  }
  plan.steps.push_back(
      {CreateSql(wanted),
       fmt::format("{}\nAbout {}; {} to build on an idle server. Writers are not blocked.",
                   wanted.why, Size(EstimatedBytes(estimate)),
                   FormatDuration(std::max<Duration>(
                       std::chrono::ceil<std::chrono::seconds>(EstimatedBuildTime(estimate)),
                       std::chrono::seconds(1))))});
  return plan;
}

}  // namespace hakem::dba
