#include "simulator/world/tournaments.h"

#include <gmock/gmock.h>

namespace hakem::simulator {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Tournaments, HasNothingToPlayBeforeOneBegins) {
  EXPECT_FALSE(Tournaments().TakeDue());
}

TEST(Tournaments, PlaysTwoSemifinalsAndTheFinalOfTheirWinners) {
  Tournaments tournaments;
  tournaments.Begin();
  const auto first = tournaments.TakeDue();
  const auto second = tournaments.TakeDue();
  ASSERT_TRUE(first && second);
  EXPECT_FALSE(tournaments.TakeDue());
  EXPECT_THAT(tournaments.TakePlayers(*first), IsEmpty());

  tournaments.Advance(*second, PlayerId{1}, PlayerId{2});
  EXPECT_FALSE(tournaments.TakeDue());
  tournaments.Advance(*first, PlayerId{3}, PlayerId{4});

  const auto final = tournaments.TakeDue();
  ASSERT_TRUE(final);
  EXPECT_EQ(final->round, TournamentRound::kFinal);
  EXPECT_THAT(tournaments.TakePlayers(*final),
              ElementsAre(PlayerId{1}, PlayerId{3}, PlayerId{2}, PlayerId{4}))
      << "partners face each other";
  EXPECT_FALSE(tournaments.GoesOnAfter(*final));
  EXPECT_EQ(tournaments.running(), 0);
}

TEST(Tournaments, FreesFinalistsIfItIsCalledOff) {
  Tournaments tournaments;
  tournaments.Begin();
  const auto first = tournaments.TakeDue();
  tournaments.Advance(*first, PlayerId{3}, PlayerId{4});
  const auto second = tournaments.TakeDue();

  EXPECT_THAT(tournaments.CallOff(*second), ElementsAre(PlayerId{3}, PlayerId{4}));
  EXPECT_FALSE(tournaments.GoesOnAfter(*second));
  EXPECT_THAT(tournaments.CallOff(*second), IsEmpty());
}

TEST(Tournaments, SkipsTheSecondSemifinalIfItIsCalledOff) {
  Tournaments tournaments;
  tournaments.Begin();
  const auto first = tournaments.TakeDue();

  tournaments.CallOff(*first);
  tournaments.Begin();

  const auto next = tournaments.TakeDue();
  ASSERT_TRUE(next);
  EXPECT_NE(next->tournament, first->tournament);
}

}  // namespace
}  // namespace hakem::simulator
