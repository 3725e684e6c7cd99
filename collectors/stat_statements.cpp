#include <fmt/format.h>

#include <map>
#include <string>
#include <vector>

#include "collectors/core/sql_collector.h"

namespace hakem::collectors {
namespace {

constexpr std::string_view kLabels[] = {"user", "datname", "queryid"};
constexpr std::string_view kTextLabels[] = {"queryid", "query"};
constexpr double kSecondsOfMilliseconds = 0.001;

constexpr SqlValue kValues[] = {
    Counter("calls", "pg_stat_statements_calls_total", "Executions of the statement.", kLabels),
    {"exec_time",
     {"pg_stat_statements_seconds_total", MetricType::kCounter, "Time spent executing.", kLabels},
     kSecondsOfMilliseconds},
    Counter("rows", "pg_stat_statements_rows_total", "Rows retrieved or changed.", kLabels),
    {"read_time",
     {"pg_stat_statements_block_read_seconds_total", MetricType::kCounter,
      "Time spent reading blocks, when track_io_timing is on.", kLabels},
     kSecondsOfMilliseconds},
    {"write_time",
     {"pg_stat_statements_block_write_seconds_total", MetricType::kCounter,
      "Time spent writing blocks, when track_io_timing is on.", kLabels},
     kSecondsOfMilliseconds},
};

constexpr FamilySpec kTexts{"pg_stat_statements_query_id", MetricType::kCounter,
                            "1, with the beginning of the statement's text, when include_query is "
                            "on.",
                            kTextLabels};

constexpr FamilySpec kFamilies[] = {kValues[0].family, kValues[1].family, kValues[2].family,
                                    kValues[3].family, kValues[4].family, kTexts};

// Our sessions look into pg_catalog alone: the extension's schema is added for one round trip.
constexpr std::string_view kInItsSchema = R"(
SELECT set_config('search_path', 'pg_catalog, ' || extnamespace::regnamespace, true)
FROM pg_extension WHERE extname = 'pg_stat_statements';)";

// Without texts, which the server would read from a file of any size. One statement has a row for
// each way it was called: they are summed.
constexpr std::string_view kSql = R"(
SELECT pg_get_userbyid(s.userid) AS user, d.datname, s.queryid, sum(s.calls) AS calls,
       sum(s.total_exec_time) AS exec_time, sum(s.rows) AS rows,
       sum(s.{0}_read_time) AS read_time, sum(s.{0}_write_time) AS write_time
FROM pg_stat_statements(false) s JOIN pg_database d ON d.oid = s.dbid
WHERE s.queryid IS NOT NULL
      AND d.datname <> ALL (ARRAY[{2}]::text[])
      AND pg_get_userbyid(s.userid) <> ALL (ARRAY[{3}]::text[])
GROUP BY s.userid, d.datname, s.queryid
ORDER BY exec_time DESC
LIMIT {1})";

std::string QuotedList(const std::vector<std::string>& texts) {
  std::string list;
  for (const std::string& text : texts) {
    list += fmt::format("{}{}", list.empty() ? "" : ", ", QuoteLiteral(text));
  }
  return list;
}

/// `blocks`: how the server's version names the blocks of tables.
std::string MakeSql(const StatementOptions& options, std::string_view blocks) {
  return std::string(kInItsSchema) + fmt::format(kSql, blocks, options.limit,
                                                 QuotedList(options.exclude_databases),
                                                 QuotedList(options.exclude_users));
}

/// The costliest statements, and, when asked for, their texts, which are fetched for new statements
/// only.
class StatStatementsCollector final : public Collector {
 public:
  explicit StatStatementsCollector(const StatementOptions& options)
      : include_query_(options.include_query),
        query_length_(options.query_length),
        sql_(MakeSql(options, "blk")),
        sql_from_17_(MakeSql(options, "shared_blk")),
        queries_{{.min_version = kShared, .sql = sql_from_17_, .values = kValues},
                 {.max_version = kShared - 1, .sql = sql_, .values = kValues}},
        numbers_(MakeSqlCollector(queries_)) {}

  Result<void> Collect(const CollectorContext& context, SampleSink& sink) override {
    auto collected = numbers_->Collect(context, sink);
    return collected && include_query_ ? CollectTexts(context.session, sink) : collected;
  }

 private:
  static constexpr int kShared = 170000;  // From here on local blocks have times too.

  Result<void> CollectTexts(Session& session, SampleSink& sink) {
    const std::string& top = session.facts().version >= kShared ? sql_from_17_ : sql_;
    const auto rows = session.Query(top);
    if (!rows) {
      return Fail(rows.error());
    }
    const auto column = rows->Column("queryid");
    if (!column) {
      return Fail(column.error());
    }
    std::map<std::string, std::string, std::less<>> shown;
    std::vector<std::string> unknown;
    for (std::size_t row = 0; row < rows->size(); ++row) {
      const std::string id(rows->Text(row, *column).value_or(""));
      const auto known = texts_.find(id);
      if (known != texts_.end()) {
        shown.insert(*known);
      } else {
        unknown.push_back(id);
      }
    }
    texts_ = std::move(shown);
    if (!unknown.empty()) {
      if (auto fetched = FetchTexts(session, unknown); !fetched) {
        return fetched;
      }
    }
    for (const auto& [id, text] : texts_) {
      sink.Write(kTexts, {id, text}, 1);
    }
    return {};
  }

  Result<void> FetchTexts(Session& session, const std::vector<std::string>& ids) {
    const auto rows = session.Query(
        fmt::format("SELECT queryid, left(min(query), {}) FROM pg_stat_statements(true) "
                    "WHERE queryid = ANY (ARRAY[{}]::bigint[]) GROUP BY queryid",
                    query_length_, QuotedList(ids)));
    if (!rows) {
      return Fail(rows.error());
    }
    for (std::size_t row = 0; row < rows->size(); ++row) {
      texts_.emplace(rows->Text(row, 0).value_or(""), rows->Text(row, 1).value_or(""));
    }
    return {};
  }

  const bool include_query_;
  const int query_length_;
  const std::string sql_;
  const std::string sql_from_17_;
  const SqlQuery queries_[2];
  const std::unique_ptr<Collector> numbers_;
  std::map<std::string, std::string, std::less<>> texts_;  // By queryid, of what is shown.
};

}  // namespace

extern const CollectorSpec stat_statements;
constinit const CollectorSpec stat_statements{
    .name = "stat_statements",
    .help = "The costliest statements, by pg_stat_statements.",
    .enabled_by_default = false,
    .lane = Lane::kSlow,
    .priority = Priority::kOptional,
    .gates = {.extension = "pg_stat_statements"},
    .families = kFamilies,
    .make = [](const CollectorOptions& options) -> std::unique_ptr<Collector> {
      return std::make_unique<StatStatementsCollector>(options.statements);
    }};

}  // namespace hakem::collectors
