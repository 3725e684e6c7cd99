#include "tests/support/collection/collector_run.h"
#include "tests/support/matchers.h"

namespace hakem::collectors {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(StatStatementsCollector, TellsTimesInSeconds) {
  CollectorRun run("stat_statements");
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

TEST(StatStatementsCollector, AsksForSharedBlocksFrom17On) {
  CollectorRun run("stat_statements");
  run.session.server_facts.version = 170000;
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

TEST(StatStatementsCollector, AsksForAsManyAsConfiguredButTheExcluded) {
  CollectorRun run("stat_statements", {.interval = std::chrono::seconds(60),
                                       .games = {},
                                       .statements = {.limit = 7,
                                                      .exclude_databases = {"it's", "b"},
                                                      .exclude_users = {"postgres"}}});
  run.session.Answer("", Fail(ErrorCode::kTimeout, "late"));
  EXPECT_THAT(run.Lines(), HasCode(ErrorCode::kTimeout));
  ASSERT_EQ(run.session.queries.size(), 1U);
  EXPECT_THAT(run.session.queries[0], HasSubstr("LIMIT 7"));
  EXPECT_THAT(run.session.queries[0], HasSubstr("ALL (ARRAY['it''s', 'b']::text[])"));
  EXPECT_THAT(run.session.queries[0], HasSubstr("ALL (ARRAY['postgres']::text[])"));
}

TEST(StatStatementsCollector, FetchesTheTextOfANewStatementOnce) {
  CollectorRun run(
      "stat_statements",
      {.interval = std::chrono::seconds(60), .games = {}, .statements = {.include_query = true}});
  run.session.Answer(
      "pg_stat_statements(false)",
      Rows({"user", "datname", "queryid", "calls", "exec_time", "rows", "read_time", "write_time"},
           {"hokm", "game", "-42", std::nullopt, std::nullopt, std::nullopt, std::nullopt,
            std::nullopt}));
  run.session.Answer("pg_stat_statements(true)", Rows({"queryid", "left"}, {"-42", "SELECT $1"}));
  const auto is_told = IsOkAndHolds(
      ElementsAre(R"(pg_stat_statements_query_id{query="SELECT $1",queryid="-42"} 1)"));
  EXPECT_THAT(run.Lines(), is_told);
  EXPECT_THAT(run.session.queries.back(), HasSubstr("ANY (ARRAY['-42']::bigint[])"));
  EXPECT_THAT(run.session.queries.back(), HasSubstr("left(min(query), 120)"));
  EXPECT_EQ(run.session.queries.size(), 3U);
  EXPECT_THAT(run.Lines(), is_told);
  EXPECT_EQ(run.session.queries.size(), 5U);
}

}  // namespace
}  // namespace hakem::collectors
