#include "exporter/scrape/lane.h"

#include "tests/support/collection/fake_server.h"
#include "tests/support/collection/test_collectors.h"
#include "tests/support/fake_clock.h"
#include "tests/support/matchers.h"

namespace hakem::exporter {
namespace {

using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Optional;

const ConnectFailure kRefusedByPort{DownReason::kConnect,
                                    {ErrorCode::kUnavailable, "Connection refused"}};

class LaneTest : public testing::Test {
 protected:
  LaneTest() {
    server_.Answer("first", OneValue("1"));
    server_.Answer("second", OneValue("2"));
  }

  LaneRound Collect() { return lane_.Collect({}); }

  FakeServer server_;
  FakeClock clock_;
  Log log_ = Log::Silent();
  Lane lane_{{.collectors = {&kFirstCollector, &kThirdCollector, &kSecondCollector},
              .collector_options = {.interval = seconds(5), .games = {}},
              .constant_labels = Labels{{"server", "hokm"}}},
             {.sessions = server_, .clock = clock_, .log = log_}};
};

TEST_F(LaneTest, RunsEveryCollectorOnOneConnection) {
  const LaneRound round = Collect();
  EXPECT_TRUE(round.ok());
  EXPECT_THAT(round.connects, ElementsAre(std::nullopt));
  ASSERT_EQ(round.collectors.size(), 3U);
  EXPECT_TRUE(round.collectors[0].succeeded());
  EXPECT_EQ(FormatSeries(round.collectors[0].families.at(0).samples.at(0).series->labels),
            "first_value{server=\"hokm\"}");
  EXPECT_EQ(round.collectors[2].families.at(0).samples.at(0).value, 2);
  EXPECT_EQ(round.facts->database, "hokm");

  EXPECT_TRUE(Collect().ok());
  EXPECT_EQ(server_.connects(), 1);
}

TEST_F(LaneTest, SkipsCollectorsWhoseRequirementsAreNotMet) {
  const LaneRound round = Collect();
  EXPECT_THAT(round.collectors[1].unmet_requirement,
              Optional(std::string("needs the extension pg_buffercache")));
  EXPECT_EQ(round.collectors[1].error, std::nullopt);
}

TEST_F(LaneTest, ContinuesAfterACollectorThatFails) {
  server_.Answer("first", Fail(ErrorCode::kTimeout, "canceling statement due to lock timeout"));
  const LaneRound round = Collect();
  EXPECT_TRUE(round.ok());
  EXPECT_THAT(round.collectors[0].error,
              Optional(Error{ErrorCode::kTimeout, "canceling statement due to lock timeout"}));
  EXPECT_THAT(round.collectors[0].families, IsEmpty());
  EXPECT_TRUE(round.collectors[2].succeeded());
}

TEST_F(LaneTest, IsNotOkWhenEveryCollectorFails) {
  server_.Answer("first", Fail(ErrorCode::kTimeout, "late"));
  server_.Answer("second", Fail(ErrorCode::kTimeout, "late"));
  const LaneRound round = Collect();
  EXPECT_FALSE(round.ok());
  EXPECT_EQ(round.failure, std::nullopt);
}

TEST_F(LaneTest, EndsTheRoundOnceTheConnectionIsLost) {
  server_.Answer("first", Fail(ErrorCode::kUnavailable, "server closed the connection"));
  const LaneRound round = Collect();
  EXPECT_THAT(round.failure,
              Optional(ConnectFailure{DownReason::kConnect,
                                      {ErrorCode::kUnavailable, "server closed the connection"}}));
  EXPECT_EQ(round.collectors[2].error, round.collectors[0].error);
  EXPECT_EQ(round.facts, std::nullopt);
  EXPECT_EQ(server_.open(), 0);
}

TEST_F(LaneTest, ReportsATimeoutIfTheDeadlineClosedTheConnection) {
  server_.Answer("first", Fail(ErrorCode::kTimeout, "no answer within 3s"));
  server_.Answer("second", Fail(ErrorCode::kUnavailable, "the connection is closed"));
  Lane lane({.collectors = {&kFirstCollector, &kSecondCollector}},
            {.sessions = server_, .clock = clock_, .log = log_});
  EXPECT_EQ(lane.Collect({}).failure->reason, DownReason::kTimeout);
}

TEST_F(LaneTest, ReconnectsAtOnceIfTheConnectionWasLostBetweenRounds) {
  Collect();
  server_.DropConnections();
  const LaneRound round = Collect();
  EXPECT_TRUE(round.ok());
  EXPECT_THAT(round.connects, ElementsAre(std::nullopt));
  EXPECT_EQ(server_.connects(), 2);
  EXPECT_EQ(server_.most_open(), 1);
}

TEST_F(LaneTest, ReconnectsWhenTheServerChangesItsRole) {
  Collect();
  server_.SetFacts({.connection = 0,
                    .version = 150004,
                    .in_recovery = true,
                    .is_monitor = true,
                    .database = "hokm",
                    .extensions = {"pg_buffercache"}});
  const LaneRound round = Collect();
  EXPECT_TRUE(round.facts->in_recovery);
  EXPECT_EQ(round.collectors[1].unmet_requirement, std::nullopt);
}

TEST_F(LaneTest, ChecksRequirementsAgainWhenAnExtensionIsCreated) {
  EXPECT_TRUE(Collect().collectors[1].unmet_requirement.has_value());
  server_.SetFacts({.connection = 0,
                    .version = 150004,
                    .in_recovery = false,
                    .is_monitor = true,
                    .database = "hokm",
                    .extensions = {"pg_buffercache", "plpgsql"}});
  EXPECT_EQ(Collect().collectors[1].unmet_requirement, std::nullopt);
  Collect();
  EXPECT_EQ(server_.connects(), 2);
}

TEST_F(LaneTest, FailsTheRoundWhenTheServerDoesNotRespondInTime) {
  Collect();
  server_.Answer("pg_is_in_recovery", Fail(ErrorCode::kTimeout, "no answer within 3s"));
  const LaneRound round = Collect();
  EXPECT_THAT(
      round.failure,
      Optional(ConnectFailure{DownReason::kTimeout, {ErrorCode::kTimeout, "no answer within 3s"}}));
  EXPECT_THAT(round.connects, IsEmpty());
  EXPECT_EQ(server_.open(), 0);
}

TEST_F(LaneTest, WaitsBeforeItReconnects) {
  server_.GoDown(kRefusedByPort);
  EXPECT_THAT(Collect().connects, ElementsAre(DownReason::kConnect));
  const LaneRound too_early = Collect();
  EXPECT_THAT(too_early.connects, IsEmpty());
  EXPECT_THAT(too_early.failure, Optional(kRefusedByPort));
  EXPECT_EQ(too_early.collectors[0].error, kRefusedByPort.error);
  clock_.Advance(seconds(1));
  EXPECT_THAT(Collect().connects, ElementsAre(DownReason::kConnect));
}

TEST_F(LaneTest, FindsAServerThatReturnsWithinFiveSeconds) {
  server_.GoDown(kRefusedByPort);
  for (int i = 0; i < 100; ++i) {
    Collect();
    clock_.Advance(seconds(1));
  }
  server_.ComeBack();
  clock_.Advance(seconds(4));
  EXPECT_TRUE(Collect().ok());
}

TEST_F(LaneTest, RunsACollectorThatKeepsFailingLessAndLessOften) {
  server_.Answer("first", Fail(ErrorCode::kTimeout, "canceling statement due to lock timeout"));
  for (int i = 0; i < 3; ++i) {
    Collect();
  }
  const LaneRound round = Collect();
  EXPECT_TRUE(round.collectors[0].circuit_open);
  EXPECT_EQ(round.collectors[0].statements, 0);
  EXPECT_THAT(round.collectors[0].error->message,
              testing::HasSubstr("canceling statement due to lock timeout"));
  EXPECT_TRUE(round.collectors[2].succeeded());
  server_.Answer("first", OneValue("1"));
  clock_.Advance(seconds(10));
  EXPECT_TRUE(Collect().collectors[0].succeeded());
  EXPECT_FALSE(Collect().collectors[0].circuit_open);
}

TEST_F(LaneTest, SkipsASlowedCollectorInSomeRounds) {
  RateDivisorTable rate_divisors;
  rate_divisors.Set(&kFirstCollector, 2);
  Lane lane({.collectors = {&kFirstCollector, &kSecondCollector}},
            {.sessions = server_, .clock = clock_, .log = log_, .rate_divisors = &rate_divisors});
  EXPECT_EQ(lane.Collect({}).collectors.size(), 2U);
  EXPECT_EQ(lane.Collect({}).collectors.size(), 1U);
  EXPECT_EQ(lane.Collect({}).collectors.size(), 2U);
}

/// A lane with a collector that looks at each database.
class LaneVisitsTest : public LaneTest {
 protected:
  LaneVisitsTest() {
    server_.Answer("tables", OneValue("4"));
    HaveDatabases({{"shop", "t"}, {"wiki", "t"}});
  }

  void HaveDatabases(const std::vector<std::pair<std::string, std::string>>& databases) {
    std::vector<collectors::Rows::Cell> cells;
    for (const auto& [name, may_connect] : databases) {
      cells.emplace_back(name);
      cells.emplace_back(may_connect);
    }
    server_.Answer("pg_database", collectors::Rows({"datname", "may"}, std::move(cells)));
  }

  /// A round and the visits that follow.
  std::vector<LaneRound> Tour() {
    std::vector<LaneRound> rounds;
    do {
      rounds.push_back(lane_.Collect({}));
    } while (rounds.back().more);
    return rounds;
  }

  Lane lane_{{.kind = collectors::Lane::kSlow,
              .collectors = {&kSlowCollector, &kTablesCollector},
              .collector_options = {.interval = seconds(60), .games = {}},
              .databases = {.include = {}, .exclude = {"private*"}}},
             {.sessions = server_, .clock = clock_, .log = log_}};
};

TEST_F(LaneVisitsTest, VisitsTheOtherDatabasesOneAfterAnother) {
  const std::vector<LaneRound> rounds = Tour();
  ASSERT_EQ(rounds.size(), 3U);
  EXPECT_THAT(rounds[0].databases, Optional(ElementsAre("hokm", "shop", "wiki")));
  EXPECT_EQ(rounds[0].collectors.size(), 2U);
  EXPECT_EQ(rounds[1].visit->name, "shop");
  ASSERT_EQ(rounds[1].collectors.size(), 1U);
  EXPECT_EQ(rounds[1].collectors[0].spec, &kTablesCollector);
  EXPECT_EQ(rounds[1].collectors[0].database, "shop");
  EXPECT_TRUE(rounds[2].collectors[0].succeeded());
  EXPECT_THAT(server_.connected_to(), ElementsAre("", "shop", "wiki"));
  EXPECT_EQ(server_.most_open(), 1);
  EXPECT_EQ(server_.open(), 0) << "nobody is kept from dropping a database";
  Tour();
  EXPECT_THAT(server_.connected_to(), ElementsAre("", "shop", "wiki", "", "shop", "wiki"));
}

TEST_F(LaneVisitsTest, SkipsDatabasesThatAreExcludedOrLackConnectPrivilege) {
  HaveDatabases({{"locked", "f"}, {"private_1", "t"}, {"shop", "t"}});
  const LaneRound round = Tour()[0];
  EXPECT_THAT(round.databases, Optional(ElementsAre("hokm", "locked", "shop")));
  ASSERT_EQ(round.refused.size(), 1U);
  EXPECT_EQ(round.refused[0].name, "locked");
  EXPECT_THAT(server_.connected_to(), ElementsAre("", "shop"));
}

TEST_F(LaneVisitsTest, ContinuesAfterADatabaseThatRefuses) {
  server_.Refuse("shop", {DownReason::kAuth, {ErrorCode::kRefused, "no pg_hba.conf entry"}});
  const std::vector<LaneRound> rounds = Tour();
  ASSERT_EQ(rounds.size(), 3U);
  EXPECT_EQ(rounds[1].visit->error, "no pg_hba.conf entry");
  EXPECT_EQ(rounds[2].visit->error, "");
  EXPECT_TRUE(rounds[2].collectors[0].succeeded());
}

TEST_F(LaneVisitsTest, VisitsADatabaseThatKeepsRefusingLessOften) {
  server_.Refuse("shop", {DownReason::kOther, {ErrorCode::kRefused, "too many connections"}});
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(Tour().size(), 3U);
  }
  EXPECT_EQ(Tour().size(), 2U);
}

TEST_F(LaneVisitsTest, EndsTheVisitsWhenTheServerIsGone) {
  server_.Refuse("shop", kRefusedByPort);
  EXPECT_EQ(Tour().size(), 2U);
}

TEST_F(LaneVisitsTest, VisitsManyDatabasesOnlyEveryTenMinutes) {
  std::vector<std::pair<std::string, std::string>> databases;
  for (int i = 0; i < 49; ++i) {
    databases.emplace_back("db" + std::to_string(i), "t");
  }
  HaveDatabases(databases);
  const std::vector<LaneRound> rounds = Tour();
  EXPECT_EQ(rounds.size(), 50U);
  EXPECT_EQ(rounds[0].visit_interval, seconds(600));
  for (int i = 0; i < 9; ++i) {
    clock_.Advance(seconds(60));
    EXPECT_EQ(Tour().size(), 1U);
  }
  clock_.Advance(seconds(60));
  EXPECT_EQ(Tour().size(), 50U);
  EXPECT_EQ(server_.most_open(), 1);
}

}  // namespace
}  // namespace hakem::exporter
