#include "tests/support/collection/collector_run.h"
#include "tests/support/matchers.h"

namespace hakem::collectors {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// The row that describes the installed extension.
void Install(CollectorRun& run, const char* version) {
  run.session.Answer("extversion", Rows({"nspname", "extversion"}, {"ext\"ensions", version}));
}

TEST(StatStatementsCollector, ReportsTimesInSeconds) {
  CollectorRun run("stat_statements");
  Install(run, "1.10");
  run.session.Answer(
      "s.blk_read_time",
      Rows({"user", "datname", "queryid", "calls", "exec_time", "rows", "read_time", "write_time"},
           {"hokm", "game", "-42", "3", "1500", "30", "250", "0"}));
  EXPECT_THAT(
      run.Lines(),
      IsOkAndHolds(ElementsAre(
          R"(pg_stat_statements_calls_total{datname="game",queryid="-42",user="hokm"} 3)",
          R"(pg_stat_statements_seconds_total{datname="game",queryid="-42",user="hokm"} 1.5)",
          R"(pg_stat_statements_rows_total{datname="game",queryid="-42",user="hokm"} 30)",
          R"(pg_stat_statements_block_read_seconds_total{datname="game",queryid="-42",user="hokm"} 0.25)",
          R"(pg_stat_statements_block_write_seconds_total{datname="game",queryid="-42",user="hokm"} 0)")));
}

TEST(StatStatementsCollector, ReadsSharedBlocksIfTheExtensionHasThem) {
  CollectorRun run("stat_statements");
  Install(run, "1.11");
  run.session.Answer(
      "s.shared_blk_read_time",
      Rows({"user", "datname", "queryid", "calls", "exec_time", "rows", "read_time", "write_time"},
           {"hokm", "game", "-42", "3", "1500", "30", "250", "0"}));
  EXPECT_THAT(
      run.Lines(),
      IsOkAndHolds(ElementsAre(
          R"(pg_stat_statements_calls_total{datname="game",queryid="-42",user="hokm"} 3)",
          R"(pg_stat_statements_seconds_total{datname="game",queryid="-42",user="hokm"} 1.5)",
          R"(pg_stat_statements_rows_total{datname="game",queryid="-42",user="hokm"} 30)",
          R"(pg_stat_statements_block_read_seconds_total{datname="game",queryid="-42",user="hokm"} 0.25)",
          R"(pg_stat_statements_block_write_seconds_total{datname="game",queryid="-42",user="hokm"} 0)")));
}

TEST(StatStatementsCollector, ReadsTheConfiguredNumberWithoutTheExcluded) {
  CollectorRun run("stat_statements", {.interval = std::chrono::seconds(60),
                                       .games = {},
                                       .statements = {.limit = 7,
                                                      .exclude_databases = {"it's", "b"},
                                                      .exclude_users = {"postgres"}}});
  Install(run, "1.10");
  run.session.Answer("", Fail(ErrorCode::kTimeout, "late"));
  EXPECT_THAT(run.Lines(), HasCode(ErrorCode::kTimeout));
  ASSERT_EQ(run.session.queries.size(), 2U);
  EXPECT_THAT(run.session.queries[1], HasSubstr("LIMIT 7"));
  EXPECT_THAT(run.session.queries[1], HasSubstr("ALL (ARRAY['it''s', 'b']::text[])"));
  EXPECT_THAT(run.session.queries[1], HasSubstr("ALL (ARRAY['postgres']::text[])"));
}

TEST(StatStatementsCollector, ReadsTheColumnsOfTheInstalledExtensionOnAnyServer) {
  CollectorRun run("stat_statements");
  run.session.server_facts.version = 170000;
  Install(run, "1.7");
  run.session.Answer(
      "s.blk_read_time",
      Rows({"user", "datname", "queryid", "calls", "exec_time", "rows", "read_time", "write_time"},
           {"hokm", "game", "-42", "3", "1500", "30", "250", "0"}));
  EXPECT_THAT(run.Lines(), IsOk());
  EXPECT_THAT(run.session.queries.back(), HasSubstr("sum(s.total_time)"));
  EXPECT_THAT(run.session.queries.back(), HasSubstr(R"("ext""ensions".pg_stat_statements(false))"));
}

TEST(StatStatementsCollector, FindsTheExtensionAgainAfterAnErrorAndAReconnect) {
  CollectorRun run("stat_statements");
  Install(run, "1.10");
  run.session.Answer("pg_stat_statements(false)", Fail(ErrorCode::kInvalidInput, "no such column"));
  EXPECT_THAT(run.Lines(), HasCode(ErrorCode::kInvalidInput));
  Install(run, "1.11");
  EXPECT_THAT(run.Lines(), HasCode(ErrorCode::kInvalidInput));
  EXPECT_THAT(run.session.queries.back(), HasSubstr("shared_blk"));
  run.session.Answer("extversion", Rows({"nspname", "extversion"}, {}));
  run.session.server_facts.connection = 2;
  EXPECT_THAT(run.Lines(), HasCode(ErrorCode::kRefused));
}

TEST(StatStatementsCollector, ReportsTheNumbersIfTheTextsCannotBeRead) {
  CollectorRun run(
      "stat_statements",
      {.interval = std::chrono::seconds(60), .games = {}, .statements = {.include_query = true}});
  Install(run, "1.10");
  run.session.Answer(
      "pg_stat_statements(false)",
      Rows({"user", "datname", "queryid", "calls", "exec_time", "rows", "read_time", "write_time"},
           {"hokm", "game", "-42", "3", std::nullopt, std::nullopt, std::nullopt, std::nullopt}));
  run.session.Answer("pg_stat_statements(true)", Fail(ErrorCode::kTimeout, "late"));
  EXPECT_THAT(
      run.Lines(),
      IsOkAndHolds(ElementsAre(
          R"(pg_stat_statements_calls_total{datname="game",queryid="-42",user="hokm"} 3)")));
}

TEST(StatStatementsCollector, FetchesTheTextOfANewStatementOnce) {
  CollectorRun run(
      "stat_statements",
      {.interval = std::chrono::seconds(60), .games = {}, .statements = {.include_query = true}});
  Install(run, "1.10");
  run.session.Answer(
      "pg_stat_statements(false)",
      Rows({"user", "datname", "queryid", "calls", "exec_time", "rows", "read_time", "write_time"},
           {"hokm", "game", "-42", std::nullopt, std::nullopt, std::nullopt, std::nullopt,
            std::nullopt}));
  run.session.Answer("pg_stat_statements(true)", Rows({"queryid", "left"}, {"-42", "SELECT $1"}));
  const auto has_texts = IsOkAndHolds(
      ElementsAre(R"(pg_stat_statements_query_id{query="SELECT $1",queryid="-42"} 1)"));
  EXPECT_THAT(run.Lines(), has_texts);
  EXPECT_THAT(run.session.queries.back(), HasSubstr("ANY (ARRAY['-42']::bigint[])"));
  EXPECT_THAT(run.session.queries.back(), HasSubstr("left(min(query), 120)"));
  EXPECT_EQ(run.session.queries.size(), 4U);
  EXPECT_THAT(run.Lines(), has_texts);
  EXPECT_EQ(run.session.queries.size(), 6U);
}

}  // namespace
}  // namespace hakem::collectors
