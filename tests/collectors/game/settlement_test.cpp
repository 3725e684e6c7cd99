#include "collectors/game/counting/settlement.h"

#include <gmock/gmock.h>

#include "tests/support/matchers.h"

namespace hakem::collectors {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::Pair;

PgTimestamp At(int second) {
  return PgTimestamp(seconds(second));
}

GameReading Reading(int from, int bound, std::uint64_t moves, bool exact) {
  GameReading reading;
  reading.from = At(from);
  reading.bound = reading.reached = At(bound);
  reading.exact = exact;
  reading.moves = {{"play", moves}};
  reading.responses = {.at_most = {double(moves)},
                       .count = double(moves),
                       .sum_seconds = 2.0 * double(moves),
                       .missing = 1};
  return reading;
}

TEST(GameSettlement, DoubtsNothingThatWasExact) {
  Settlement settlement;
  settlement.Take(Reading(0, 5, 3, true));
  settlement.Take(Reading(5, 10, 3, true));
  EXPECT_EQ(settlement.Due(), std::nullopt);
}

TEST(GameSettlement, WaitsUntilAllRowsAreThere) {
  Settlement settlement;
  settlement.Take(Reading(0, 5, 3, true));
  settlement.Take(Reading(5, 10, 3, false));
  EXPECT_EQ(settlement.Due(), std::nullopt);
  settlement.Take(Reading(10, 15, 3, true));
  EXPECT_EQ(settlement.Due(), (Settlement::Span{At(5), At(15)}));
}

TEST(GameSettlement, GivesWhatWasNotCounted) {
  Settlement settlement;
  settlement.Take(Reading(0, 5, 3, false));
  settlement.Take(Reading(5, 10, 4, true));
  GameReading again = Reading(0, 10, 9, true);
  again.moves["late"] = 2;
  again.created.resize(1);
  again.created[0].game_type = "ranked";
  const Happened late = settlement.Settle(again);
  EXPECT_THAT(late.moves, ElementsAre(Pair("late", 2), Pair("play", 2)));
  EXPECT_THAT(late.created, ElementsAre(Pair("ranked", 1)));
  EXPECT_THAT(late.responses.at_most, ElementsAre(2));
  EXPECT_EQ(late.responses.count, 2);
  EXPECT_EQ(late.responses.sum_seconds, 4);
  EXPECT_EQ(late.responses.missing, 0u);
  EXPECT_EQ(settlement.Due(), std::nullopt) << "a span is settled once";
}

TEST(GameSettlement, TakesNothingAwayForDeletedRows) {
  Settlement settlement;
  settlement.Take(Reading(0, 5, 5, false));
  settlement.Take(Reading(5, 10, 0, true));
  const Happened late = settlement.Settle(Reading(0, 10, 1, true));
  EXPECT_THAT(late.moves, ElementsAre(Pair("play", 0)));
  EXPECT_EQ(late.responses.count, 0);
  EXPECT_EQ(late.responses.sum_seconds, 0);
  EXPECT_THAT(late.responses.at_most, ElementsAre(0));
}

TEST(GameSettlement, ReadsWholeSpansFromWhereDoubtBegins) {
  Settlement settlement;
  settlement.Take(Reading(0, 5, 1, true));
  settlement.Take(Reading(5, 10, 1, true));
  settlement.Take(Reading(10, 15, 1, true));
  settlement.Doubt(At(7));
  settlement.Doubt(At(12));
  EXPECT_EQ(settlement.Due(), (Settlement::Span{At(5), At(15)}));
}

TEST(GameSettlement, DoubtsWhatAClockGoesThroughAgain) {
  Settlement settlement;
  settlement.Take(Reading(0, 5, 1, true));
  settlement.Take(Reading(5, 10, 1, true));
  GameReading back = Reading(10, 10, 0, false);
  back.reached = At(6);
  settlement.Take(back);
  settlement.Take(Reading(10, 11, 1, true));
  EXPECT_EQ(settlement.Due(), (Settlement::Span{At(5), At(11)}));
}

TEST(GameSettlement, NeverReadsMoreThanAStatementMay) {
  Settlement settlement;
  for (int i = 0; i < 100; ++i) {
    settlement.Take(Reading(i * 60, (i + 1) * 60, 1, false));
  }
  settlement.Take(Reading(6000, 6060, 1, true));
  const auto due = settlement.Due();
  ASSERT_TRUE(due.has_value());
  EXPECT_EQ(due->to - due->from, Settlement::kLongest);
}

}  // namespace
}  // namespace hakem::collectors
