#include <fmt/format.h>

#include <map>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "collectors/core/extension.h"
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

/// Versions of the extension that renamed columns.
constexpr int kExecTimeSince = 1008;  // Before it: total_time.
constexpr int kSharedSince = 1011;    // Since then local blocks have times too.

// Reads no texts, which the server would have to read from a file of any size. A statement has one
// row for top-level and one for nested executions, which are summed. A role that is no member of
// pg_read_all_stats sees the ids of its own statements only.
constexpr std::string_view kSql = R"(
SELECT pg_get_userbyid(s.userid) AS user, d.datname, s.queryid, sum(s.calls) AS calls,
       sum(s.{exec_time}) AS exec_time, sum(s.rows) AS rows,
       sum(s.{blocks}_read_time) AS read_time, sum(s.{blocks}_write_time) AS write_time
FROM {schema}.pg_stat_statements(false) s JOIN pg_database d ON d.oid = s.dbid
WHERE s.queryid IS NOT NULL
      AND d.datname <> ALL (ARRAY[{databases}]::text[])
      AND pg_get_userbyid(s.userid) <> ALL (ARRAY[{users}]::text[])
GROUP BY s.userid, d.datname, s.queryid
ORDER BY exec_time DESC
LIMIT {limit})";

std::string QuotedList(const std::vector<std::string>& texts) {
  std::string list;
  for (const std::string& text : texts) {
    list += fmt::format("{}{}", list.empty() ? "" : ", ", QuoteLiteral(text));
  }
  return list;
}

std::string MakeSql(const StatementOptions& options, const ExtensionFacts& extension) {
  return fmt::format(
      fmt::runtime(kSql),
      fmt::arg("exec_time", extension.version < kExecTimeSince ? "total_time" : "total_exec_time"),
      fmt::arg("blocks", extension.version < kSharedSince ? "blk" : "shared_blk"),
      fmt::arg("schema", extension.schema),
      fmt::arg("databases", QuotedList(options.exclude_databases)),
      fmt::arg("users", QuotedList(options.exclude_users)), fmt::arg("limit", options.limit));
}

/// Reports the costliest statements and, if configured, their texts. Texts are fetched only for
/// statements that are new among the costliest.
class StatStatementsCollector final : public Collector {
 public:
  explicit StatStatementsCollector(const StatementOptions& options) : options_(options) {}

  Result<void> Collect(const CollectorContext& context, SampleSink& sink) override {
    auto collected = extension_.Find(context.session).and_then([&](const ExtensionFacts& facts) {
      Use(facts);
      return numbers_->Collect(context, sink);
    });
    if (!collected) {
      extension_.Invalidate();
      return collected;
    }
    if (options_.include_query) {
      WriteTexts(context, sink);
    }
    return {};
  }

 private:
  /// Makes the collector of the numbers, unless there is one for this version of the extension.
  void Use(const ExtensionFacts& facts) {
    if (numbers_ != nullptr && facts == facts_) {
      return;
    }
    facts_ = facts;
    sql_ = MakeSql(options_, facts);
    query_ = {.sql = sql_, .values = kValues};
    numbers_ = MakeSqlCollector(std::span(&query_, 1));
  }

  /// Writes the known texts. An error is logged and does not affect the numbers.
  void WriteTexts(const CollectorContext& context, SampleSink& sink) {
    const auto read = ReadTexts(context.session);
    const std::string error = read ? "" : read.error().message;
    if (error != std::exchange(last_error_, error) && !read) {
      context.log.Warn("texts of statements not read",
                       {{"code", read.error().code}, {"error", error}});
    }
    for (const auto& [id, text] : texts_) {
      sink.Write(kTexts, {id, text}, 1);
    }
  }

  Result<void> ReadTexts(Session& session) {
    const auto rows = session.Query(sql_);
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
    return unknown.empty() ? Result<void>() : FetchTexts(session, unknown);
  }

  Result<void> FetchTexts(Session& session, const std::vector<std::string>& ids) {
    const auto rows = session.Query(
        fmt::format("SELECT queryid, left(min(query), {}) FROM {}.pg_stat_statements(true) "
                    "WHERE queryid = ANY (ARRAY[{}]::bigint[]) GROUP BY queryid",
                    options_.query_length, facts_.schema, QuotedList(ids)));
    if (!rows) {
      return Fail(rows.error());
    }
    for (std::size_t row = 0; row < rows->size(); ++row) {
      texts_.emplace(rows->Text(row, 0).value_or(""), rows->Text(row, 1).value_or(""));
    }
    return {};
  }

  const StatementOptions options_;
  InstalledExtension extension_{"pg_stat_statements"};
  ExtensionFacts facts_;  // The version that numbers_ was made for.
  std::string sql_;
  SqlQuery query_;
  std::unique_ptr<Collector> numbers_;
  std::map<std::string, std::string, std::less<>> texts_;  // The reported texts by queryid.
  std::string last_error_;  // Why texts could not be read; empty if they could.
};

}  // namespace

extern const CollectorSpec stat_statements;
constinit const CollectorSpec stat_statements{
    .name = "stat_statements",
    .help = "The costliest statements, by pg_stat_statements.",
    .enabled_by_default = true,
    .lane = Lane::kSlow,
    .priority = Priority::kOptional,
    .requirements = {.extension = "pg_stat_statements"},
    .families = kFamilies,
    .make = [](const CollectorOptions& options) -> std::unique_ptr<Collector> {
      return std::make_unique<StatStatementsCollector>(options.statements);
    }};

}  // namespace hakem::collectors
