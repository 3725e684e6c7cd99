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

GameReading Reading(int from, int horizon, std::uint64_t moves, bool exact) {
  GameReading reading;
  reading.from = At(from);
  reading.horizon = reading.raw_horizon = At(horizon);
  reading.exact = exact;
  reading.moves = {{"play", moves}};
  reading.responses = {.at_most = {double(moves)},
                       .count = double(moves),
                       .sum_seconds = 2.0 * double(moves),
                       .missing = 1};
  return reading;
}

TEST(Reconciliation, HasNothingToReadAgainAfterExactReadings) {
  Reconciliation reconciliation;
  reconciliation.AddReading(Reading(0, 5, 3, true));
  reconciliation.AddReading(Reading(5, 10, 3, true));
  EXPECT_EQ(reconciliation.Due(), std::nullopt);
}

TEST(Reconciliation, WaitsUntilAllRowsAreCommitted) {
  Reconciliation reconciliation;
  reconciliation.AddReading(Reading(0, 5, 3, true));
  reconciliation.AddReading(Reading(5, 10, 3, false));
  EXPECT_EQ(reconciliation.Due(), std::nullopt);
  reconciliation.AddReading(Reading(10, 15, 3, true));
  EXPECT_EQ(reconciliation.Due(), (Reconciliation::Span{At(5), At(15)}));
}

TEST(Reconciliation, ReturnsWhatWasNotCounted) {
  Reconciliation reconciliation;
  reconciliation.AddReading(Reading(0, 5, 3, false));
  reconciliation.AddReading(Reading(5, 10, 4, true));
  GameReading again = Reading(0, 10, 9, true);
  again.moves["late"] = 2;
  again.created.resize(1);
  again.created[0].game_type = "ranked";
  const SpanCounts late = reconciliation.Reconcile(again);
  EXPECT_THAT(late.moves, ElementsAre(Pair("late", 2), Pair("play", 2)));
  EXPECT_THAT(late.created, ElementsAre(Pair("ranked", 1)));
  EXPECT_THAT(late.responses.at_most, ElementsAre(2));
  EXPECT_EQ(late.responses.count, 2);
  EXPECT_EQ(late.responses.sum_seconds, 4);
  EXPECT_EQ(late.responses.missing, 0u);
  EXPECT_EQ(reconciliation.Due(), std::nullopt) << "a span is read again only once";
}

TEST(Reconciliation, SubtractsNothingForDeletedRows) {
  Reconciliation reconciliation;
  reconciliation.AddReading(Reading(0, 5, 5, false));
  reconciliation.AddReading(Reading(5, 10, 0, true));
  const SpanCounts late = reconciliation.Reconcile(Reading(0, 10, 1, true));
  EXPECT_THAT(late.moves, ElementsAre(Pair("play", 0)));
  EXPECT_EQ(late.responses.count, 0);
  EXPECT_EQ(late.responses.sum_seconds, 0);
  EXPECT_THAT(late.responses.at_most, ElementsAre(0));
}

TEST(Reconciliation, ReadsWholeSpansFromTheSuspectTime) {
  Reconciliation reconciliation;
  reconciliation.AddReading(Reading(0, 5, 1, true));
  reconciliation.AddReading(Reading(5, 10, 1, true));
  reconciliation.AddReading(Reading(10, 15, 1, true));
  reconciliation.MarkSuspect(At(7));
  reconciliation.MarkSuspect(At(12));
  EXPECT_EQ(reconciliation.Due(), (Reconciliation::Span{At(5), At(15)}));
}

TEST(Reconciliation, ReadsAgainWhatTheClockPassesTwice) {
  Reconciliation reconciliation;
  reconciliation.AddReading(Reading(0, 5, 1, true));
  reconciliation.AddReading(Reading(5, 10, 1, true));
  GameReading back = Reading(10, 10, 0, false);
  back.raw_horizon = At(6);
  reconciliation.AddReading(back);
  reconciliation.AddReading(Reading(10, 11, 1, true));
  EXPECT_EQ(reconciliation.Due(), (Reconciliation::Span{At(5), At(11)}));
}

TEST(Reconciliation, NeverReadsMoreThanTheLongestSpan) {
  Reconciliation reconciliation;
  for (int i = 0; i < 100; ++i) {
    reconciliation.AddReading(Reading(i * 60, (i + 1) * 60, 1, false));
  }
  reconciliation.AddReading(Reading(6000, 6060, 1, true));
  const auto due = reconciliation.Due();
  ASSERT_TRUE(due.has_value());
  EXPECT_EQ(due->to - due->from, Reconciliation::kMaxSpan);
}

}  // namespace
}  // namespace hakem::collectors
