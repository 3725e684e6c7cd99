#include "collectors/game/counting/reconciliation.h"

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

TEST(GameReconciliation, DoubtsNothingThatWasExact) {
  Reconciliation reconciliation;
  reconciliation.Take(Reading(0, 5, 3, true));
  reconciliation.Take(Reading(5, 10, 3, true));
  EXPECT_EQ(reconciliation.Due(), std::nullopt);
}

TEST(GameReconciliation, WaitsUntilAllRowsAreThere) {
  Reconciliation reconciliation;
  reconciliation.Take(Reading(0, 5, 3, true));
  reconciliation.Take(Reading(5, 10, 3, false));
  EXPECT_EQ(reconciliation.Due(), std::nullopt);
  reconciliation.Take(Reading(10, 15, 3, true));
  EXPECT_EQ(reconciliation.Due(), (Reconciliation::Span{At(5), At(15)}));
}

TEST(GameReconciliation, GivesWhatWasNotCounted) {
  Reconciliation reconciliation;
  reconciliation.Take(Reading(0, 5, 3, false));
  reconciliation.Take(Reading(5, 10, 4, true));
  GameReading again = Reading(0, 10, 9, true);
  again.moves["late"] = 2;
  again.created.resize(1);
  again.created[0].game_type = "ranked";
  const Happened late = reconciliation.Reconcile(again);
  EXPECT_THAT(late.moves, ElementsAre(Pair("late", 2), Pair("play", 2)));
  EXPECT_THAT(late.created, ElementsAre(Pair("ranked", 1)));
  EXPECT_THAT(late.responses.at_most, ElementsAre(2));
  EXPECT_EQ(late.responses.count, 2);
  EXPECT_EQ(late.responses.sum_seconds, 4);
  EXPECT_EQ(late.responses.missing, 0u);
  EXPECT_EQ(reconciliation.Due(), std::nullopt) << "a span is settled once";
}

TEST(GameReconciliation, TakesNothingAwayForDeletedRows) {
  Reconciliation reconciliation;
  reconciliation.Take(Reading(0, 5, 5, false));
  reconciliation.Take(Reading(5, 10, 0, true));
  const Happened late = reconciliation.Reconcile(Reading(0, 10, 1, true));
  EXPECT_THAT(late.moves, ElementsAre(Pair("play", 0)));
  EXPECT_EQ(late.responses.count, 0);
  EXPECT_EQ(late.responses.sum_seconds, 0);
  EXPECT_THAT(late.responses.at_most, ElementsAre(0));
}

TEST(GameReconciliation, ReadsWholeSpansFromWhereDoubtBegins) {
  Reconciliation reconciliation;
  reconciliation.Take(Reading(0, 5, 1, true));
  reconciliation.Take(Reading(5, 10, 1, true));
  reconciliation.Take(Reading(10, 15, 1, true));
  reconciliation.Doubt(At(7));
  reconciliation.Doubt(At(12));
  EXPECT_EQ(reconciliation.Due(), (Reconciliation::Span{At(5), At(15)}));
}

TEST(GameReconciliation, DoubtsWhatAClockGoesThroughAgain) {
  Reconciliation reconciliation;
  reconciliation.Take(Reading(0, 5, 1, true));
  reconciliation.Take(Reading(5, 10, 1, true));
  GameReading back = Reading(10, 10, 0, false);
  back.reached = At(6);
  reconciliation.Take(back);
  reconciliation.Take(Reading(10, 11, 1, true));
  EXPECT_EQ(reconciliation.Due(), (Reconciliation::Span{At(5), At(11)}));
}

TEST(GameReconciliation, NeverReadsMoreThanAStatementMay) {
  Reconciliation reconciliation;
  for (int i = 0; i < 100; ++i) {
    reconciliation.Take(Reading(i * 60, (i + 1) * 60, 1, false));
  }
  reconciliation.Take(Reading(6000, 6060, 1, true));
  const auto due = reconciliation.Due();
  ASSERT_TRUE(due.has_value());
  EXPECT_EQ(due->to - due->from, Reconciliation::kLongest);
}

}  // namespace
}  // namespace hakem::collectors
