#include "collectors/core/sql_collector.h"

#include "tests/support/collection/fake_session.h"
#include "tests/support/collection/page_text.h"
#include "tests/support/fake_clock.h"
#include "tests/support/matchers.h"

namespace hakem::collectors {
namespace {

using testing::ElementsAre;

constexpr std::string_view kLabels[] = {"table"};
constexpr SqlValue kValues[] = {
    {"scans", {"t_scans_total", MetricType::kCounter, "Scans.", kLabels}},
    {"wait_ms", {"t_wait_seconds_total", MetricType::kCounter, "Waits.", kLabels}, 0.001},
};
constexpr SqlQuery kQueries[] = {
    {.min_version = 160000, .sql = "SELECT new", .values = kValues},
    {.min_version = 140000, .max_version = 159999, .sql = "SELECT old", .values = kValues},
};

/// The samples of a round as `name{labels} value` lines.
std::vector<std::string> Lines(SampleSink& sink) {
  std::vector<std::string> lines;
  for (const MetricFamily& family : sink.Take()) {
    for (const Sample& sample : family.samples) {
      lines.push_back(fmt::format("{} {}", PageText(sample.series), sample.value));
    }
  }
  return lines;
}

class SqlCollector : public testing::Test {
 protected:
  Result<void> Collect() {
    return collector_->Collect({.session = session_, .clock = clock_, .log = log_}, sink_);
  }

  FakeSession session_;
  FakeClock clock_;
  Logger log_ = Log::Silent().For("collectors.test");
  SampleSink sink_{Labels{}};
  std::unique_ptr<Collector> collector_ = MakeSqlCollector(kQueries);
};

TEST_F(SqlCollector, WritesOneScaledSamplePerRowAndValue) {
  session_.Answer("old", Rows({"table", "scans", "wait_ms"}, {"games", "7", "1500"}));
  ASSERT_THAT(Collect(), IsOk());
  EXPECT_THAT(Lines(sink_), ElementsAre("t_scans_total{table=\"games\"} 7",
                                        "t_wait_seconds_total{table=\"games\"} 1.5"));
}

TEST_F(SqlCollector, DropsTheSampleOfANullButKeepsItsRow) {
  session_.Answer("old", Rows({"table", "scans", "wait_ms"}, {"games", std::nullopt, "1500"}));
  ASSERT_THAT(Collect(), IsOk());
  EXPECT_THAT(Lines(sink_), ElementsAre("t_wait_seconds_total{table=\"games\"} 1.5"));
}

TEST_F(SqlCollector, LeavesOutLabelsThatAreNull) {
  session_.Answer("old", Rows({"table", "scans", "wait_ms"}, {std::nullopt, "7", std::nullopt}));
  ASSERT_THAT(Collect(), IsOk());
  EXPECT_THAT(Lines(sink_), ElementsAre("t_scans_total 7"));
}

TEST_F(SqlCollector, WritesNothingWhenThereAreNoRows) {
  session_.Answer("old", Rows({"table", "scans", "wait_ms"}, {}));
  ASSERT_THAT(Collect(), IsOk());
  EXPECT_THAT(Lines(sink_), ElementsAre());
}

TEST_F(SqlCollector, UsesTheQueryOfTheServerVersion) {
  session_.server_facts.version = 160000;
  session_.Answer("new", Rows({"table", "scans", "wait_ms"}, {}));
  ASSERT_THAT(Collect(), IsOk());
  EXPECT_THAT(session_.queries, ElementsAre("SELECT new"));
}

TEST_F(SqlCollector, LeavesOutAFamilyThatTheServerVersionLacks) {
  static constexpr SqlValue kNewer[] = {
      {"scans", {"t_scans_total", MetricType::kCounter, "Scans.", kLabels}},
      {"reads",
       {.name = "t_reads_total",
        .type = MetricType::kCounter,
        .help = "Reads.",
        .labels = kLabels,
        .min_version = 160000}},
      {"hits",
       {.name = "t_hits_total",
        .type = MetricType::kCounter,
        .help = "Hits.",
        .labels = kLabels,
        .max_version = 149999}},
  };
  static constexpr SqlQuery kOneForAll[] = {{.sql = "SELECT all", .values = kNewer}};
  collector_ = MakeSqlCollector(kOneForAll);
  session_.Answer("all", Rows({"table", "scans"}, {"games", "7"}));
  ASSERT_THAT(Collect(), IsOk());
  EXPECT_THAT(Lines(sink_), ElementsAre("t_scans_total{table=\"games\"} 7"));
}

TEST_F(SqlCollector, RefusesAVersionWithoutAQuery) {
  session_.server_facts.version = 130005;
  const auto collected = Collect();
  EXPECT_THAT(collected, HasCode(ErrorCode::kRefused));
  EXPECT_THAT(collected, HasMessage("no query for server version 130005"));
}

TEST_F(SqlCollector, ReturnsTheErrorOfItsSession) {
  session_.Answer("old", Fail(ErrorCode::kTimeout, "canceling statement due to lock timeout"));
  const auto collected = Collect();
  EXPECT_THAT(collected, HasCode(ErrorCode::kTimeout));
  EXPECT_THAT(collected, HasMessage("canceling statement due to lock timeout"));
}

TEST_F(SqlCollector, NamesAMissingColumn) {
  session_.Answer("old", Rows({"table", "scans"}, {}));
  const auto collected = Collect();
  EXPECT_THAT(collected, HasCode(ErrorCode::kInternal));
  EXPECT_THAT(collected, HasMessage("the query has no column \"wait_ms\""));
}

TEST_F(SqlCollector, NamesAValueThatIsNotANumber) {
  session_.Answer("old", Rows({"table", "scans", "wait_ms"}, {"games", "many", "1"}));
  const auto collected = Collect();
  EXPECT_THAT(collected, HasCode(ErrorCode::kInternal));
  EXPECT_THAT(collected, HasMessage("column \"scans\" holds \"many\", not a number"));
}

constexpr std::string_view kTableLabels[] = {"datname", "table"};
constexpr SqlValue kTableValues[] = {
    Counter("scans", "t_scans_total", "Scans.", kTableLabels),
    Count("size", "t_size_bytes", "Size.", kTableLabels),
    Time("vacuumed", "t_vacuumed_timestamp_seconds", "Time.", kTableLabels),
};
constexpr SqlQuery kTablesQuery{.sql = "SELECT tables", .values = kTableValues};

TEST_F(SqlCollector, SumsRowsBeyondItsLimit) {
  collector_ = MakeLimitedSqlCollector(kTablesQuery, 1);
  session_.Answer("tables", Rows({"datname", "table", "scans", "size", "vacuumed", "rank"},
                                 {"game", "moves", "7", "800", "90", "2",  //
                                  "game", "games", "3", "100", "91", "1",  //
                                  "game", "cards", "4", "50", "92", "1"}));
  ASSERT_THAT(Collect(), IsOk());
  EXPECT_THAT(Lines(sink_),
              ElementsAre(R"(t_scans_total{datname="game",table="moves"} 7)",
                          R"(t_scans_total{datname="game",table="other"} 7)",
                          R"(t_size_bytes{datname="game",table="moves"} 800)",
                          R"(t_size_bytes{datname="game",table="other"} 150)",
                          R"(t_vacuumed_timestamp_seconds{datname="game",table="moves"} 90)"));
  EXPECT_EQ(sink_.overflow_rows(), 2U);
}

TEST_F(SqlCollector, AddsATableNamedOtherToTheOverflow) {
  collector_ = MakeLimitedSqlCollector(kTablesQuery, 1);
  session_.Answer("tables", Rows({"datname", "table", "scans", "size", "vacuumed", "rank"},
                                 {"game", "other", "7", "800", "90", "9",  //
                                  "game", "games", "3", "100", "91", "1",  //
                                  "game", "cards", "4", "50", "92", "2"}));
  ASSERT_THAT(Collect(), IsOk());
  EXPECT_THAT(Lines(sink_),
              ElementsAre(R"(t_scans_total{datname="game",table="cards"} 4)",
                          R"(t_scans_total{datname="game",table="other"} 10)",
                          R"(t_size_bytes{datname="game",table="cards"} 50)",
                          R"(t_size_bytes{datname="game",table="other"} 900)",
                          R"(t_vacuumed_timestamp_seconds{datname="game",table="cards"} 92)"));
  EXPECT_EQ(sink_.duplicates(), 0U);
}

constexpr SqlValue kSizeValues[] = {Count("size", "t_size_bytes", "Size.", kTableLabels)};
constexpr SqlValue kScanValues[] = {Counter("scans", "t_scans_total", "Scans.", kTableLabels)};
constexpr RareQuery kSizes{.every = std::chrono::minutes(5),
                           .query = {.sql = "SELECT sizes", .values = kSizeValues}};

/// A query for tables, with a second one for their sizes every five minutes.
class RareValues : public SqlCollector {
 protected:
  RareValues() {
    collector_ =
        MakeLimitedSqlCollector({.sql = "SELECT tables", .values = kScanValues}, 1, kSizes);
    session_.Answer("tables", Rows({"datname", "table", "scans", "rank"},
                                   {"game", "moves", "7", "2", "game", "games", "3", "1",  //
                                    "game", "cards", "4", "1"}));
    AnswerSizes("800");
  }

  void AnswerSizes(const std::string& moves) {
    session_.Answer("sizes", Rows({"datname", "table", "size"},
                                  {"game", "cards", "50", "game", "games", "100",  //
                                   "game", "moves", moves}));
  }

  std::vector<std::string> Sizes() {
    EXPECT_THAT(Collect(), IsOk());
    std::vector<std::string> lines = Lines(sink_);
    std::erase_if(lines, [](const std::string& line) { return !line.starts_with("t_size"); });
    return lines;
  }
};

constexpr auto kSizeOfMoves = R"(t_size_bytes{datname="game",table="moves"} )";
constexpr auto kSizeOfRest = R"(t_size_bytes{datname="game",table="other"} 150)";

TEST_F(RareValues, AreReportedFromTheFirstRoundOn) {
  EXPECT_THAT(Sizes(), ElementsAre(kSizeOfMoves + std::string("800"), kSizeOfRest));
}

TEST_F(RareValues, StayUntilTheyAreDueAgain) {
  Sizes();
  AnswerSizes("900");
  clock_.Advance(std::chrono::seconds(299));
  EXPECT_THAT(Sizes(), ElementsAre(kSizeOfMoves + std::string("800"), kSizeOfRest));
  clock_.Advance(std::chrono::seconds(1));
  EXPECT_THAT(Sizes(), ElementsAre(kSizeOfMoves + std::string("900"), kSizeOfRest));
  EXPECT_EQ(std::count(session_.queries.begin(), session_.queries.end(), "SELECT sizes"), 2);
}

TEST_F(RareValues, AreReadInTheNextRoundAfterAnError) {
  session_.Answer("sizes", Fail(ErrorCode::kTimeout, "late"));
  EXPECT_THAT(Collect(), HasCode(ErrorCode::kTimeout));
  sink_.Discard();
  AnswerSizes("800");
  EXPECT_THAT(Sizes(), ElementsAre(kSizeOfMoves + std::string("800"), kSizeOfRest));
}

TEST_F(RareValues, AreAbsentForARowThatIsNewer) {
  session_.Answer("sizes", Rows({"datname", "table", "size"}, {"game", "games", "100"}));
  EXPECT_THAT(Sizes(), ElementsAre(R"(t_size_bytes{datname="game",table="other"} 100)"));
}

TEST_F(SqlCollector, AddsTheOverflowOfALowerSeriesLimitToItsOwn) {
  SampleSink sink({}, {.series = 3, .kept_label = "datname"});
  collector_ = MakeLimitedSqlCollector(kTablesQuery, 2);
  session_.Answer("tables", Rows({"datname", "table", "scans", "size", "vacuumed", "rank"},
                                 {"game", "moves", "7", "800", "90", "3",  //
                                  "game", "games", "3", "100", "91", "2",  //
                                  "game", "cards", "4", "50", "92", "1"}));
  for (int round = 0; round < 2; ++round) {
    ASSERT_THAT(collector_->Collect({.session = session_, .clock = clock_, .log = log_}, sink),
                IsOk());
    EXPECT_THAT(Lines(sink),
                ElementsAre(R"(t_scans_total{datname="game",table="moves"} 7)",
                            R"(t_scans_total{datname="game",table="other"} 7)",
                            R"(t_size_bytes{datname="game",table="moves"} 800)",
                            R"(t_size_bytes{datname="game",table="other"} 150)",
                            R"(t_vacuumed_timestamp_seconds{datname="game",table="moves"} 90)"));
    EXPECT_EQ(sink.overflow_rows(), 2U);
    EXPECT_EQ(sink.duplicates(), 0U);
  }
}

}  // namespace
}  // namespace hakem::collectors
