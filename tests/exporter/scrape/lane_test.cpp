#include "exporter/scrape/lane.h"

#include "tests/support/fake_clock.h"
#include "tests/support/fake_server.h"
#include "tests/support/matchers.h"
#include "tests/support/test_collectors.h"

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
              .constant_labels = Labels{{"server", "hokm"}}},
             {.sessions = server_, .clock = clock_, .log = log_}};
};

TEST_F(LaneTest, RunsEveryCollectorOnOneConnection) {
  const LaneRound round = Collect();
  EXPECT_TRUE(round.ok());
  EXPECT_THAT(round.connects, ElementsAre(std::nullopt));
  ASSERT_EQ(round.collectors.size(), 3U);
  EXPECT_TRUE(round.collectors[0].succeeded());
  EXPECT_EQ(round.collectors[0].families.at(0).samples.at(0).series->text,
            "first_value{server=\"hokm\"}");
  EXPECT_EQ(round.collectors[2].families.at(0).samples.at(0).value, 2);
  EXPECT_EQ(round.facts->database, "hokm");

  EXPECT_TRUE(Collect().ok());
  EXPECT_EQ(server_.connects(), 1);
}

TEST_F(LaneTest, LeavesOutWhatDoesNotFitTheServer) {
  const LaneRound round = Collect();
  EXPECT_THAT(round.collectors[1].planned_out,
              Optional(std::string("needs the extension pg_buffercache")));
  EXPECT_EQ(round.collectors[1].error, std::nullopt);
}

TEST_F(LaneTest, GoesOnAfterACollectorThatFails) {
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

TEST_F(LaneTest, GivesTheRestUpOnceTheConnectionIsLost) {
  server_.Answer("first", Fail(ErrorCode::kUnavailable, "server closed the connection"));
  const LaneRound round = Collect();
  EXPECT_THAT(round.failure,
              Optional(ConnectFailure{DownReason::kConnect,
                                      {ErrorCode::kUnavailable, "server closed the connection"}}));
  EXPECT_EQ(round.collectors[2].error, round.collectors[0].error);
  EXPECT_EQ(round.facts, std::nullopt);
  EXPECT_EQ(server_.open(), 0);
}

TEST_F(LaneTest, BlamesTheDeadlineForAConnectionThatItCost) {
  server_.Answer("first", Fail(ErrorCode::kTimeout, "no answer within 3s"));
  server_.Answer("second", Fail(ErrorCode::kUnavailable, "the connection is closed"));
  Lane lane({.collectors = {&kFirstCollector, &kSecondCollector}},
            {.sessions = server_, .clock = clock_, .log = log_});
  EXPECT_EQ(lane.Collect({}).failure->reason, DownReason::kTimeout);
}

TEST_F(LaneTest, ConnectsAgainAtOnceWhenTheConnectionWasLostBetweenRounds) {
  Collect();
  server_.DropConnections();
  const LaneRound round = Collect();
  EXPECT_TRUE(round.ok());
  EXPECT_THAT(round.connects, ElementsAre(std::nullopt));
  EXPECT_EQ(server_.connects(), 2);
  EXPECT_EQ(server_.most_open(), 1);
}

TEST_F(LaneTest, ConnectsAgainWhenTheServerChangesItsRole) {
  Collect();
  server_.SetFacts({.connection = 0,
                    .version = 150004,
                    .in_recovery = true,
                    .is_monitor = true,
                    .database = "hokm",
                    .extensions = {"pg_buffercache"}});
  const LaneRound round = Collect();
  EXPECT_TRUE(round.facts->in_recovery);
  EXPECT_EQ(round.collectors[1].planned_out, std::nullopt);
}

TEST_F(LaneTest, GivesTheRoundUpWhenTheServerDoesNotAnswerInTime) {
  Collect();
  server_.Answer("pg_is_in_recovery", Fail(ErrorCode::kTimeout, "no answer within 3s"));
  const LaneRound round = Collect();
  EXPECT_THAT(
      round.failure,
      Optional(ConnectFailure{DownReason::kTimeout, {ErrorCode::kTimeout, "no answer within 3s"}}));
  EXPECT_THAT(round.connects, IsEmpty());
  EXPECT_EQ(server_.open(), 0);
}

TEST_F(LaneTest, WaitsBeforeItConnectsAgain) {
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

}  // namespace
}  // namespace hakem::exporter
