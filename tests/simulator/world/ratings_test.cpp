#include "simulator/world/ratings.h"

#include <gmock/gmock.h>

namespace hakem::simulator {
namespace {

using testing::ElementsAre;

constexpr std::array<PlayerId, kSeats> kFour{PlayerId{0}, PlayerId{1}, PlayerId{2}, PlayerId{3}};

TEST(RatingChange, IsHalfTheStakeBetweenEquals) {
  EXPECT_EQ(RatingChange(GameType::kStandard, 1'200, 1'200), 8);
  EXPECT_EQ(RatingChange(GameType::kRanked, 1'200, 1'200), 12);
  EXPECT_EQ(RatingChange(GameType::kTournament, 1'200, 1'200), 16);
}

TEST(RatingChange, IsSmallerIfTheResultWasExpected) {
  // With a difference of 400 points the stronger team wins ten of eleven times.
  EXPECT_EQ(RatingChange(GameType::kTournament, 1'400, 1'000), 3);
  EXPECT_EQ(RatingChange(GameType::kTournament, 1'000, 1'400), 29);
  EXPECT_EQ(RatingChange(GameType::kTournament, 3'000, 0), 1);
}

TEST(RatingChange, IsZeroInAFriendlyGame) {
  EXPECT_EQ(RatingChange(GameType::kFriendly, 1'000, 2'000), 0);
}

TEST(Ratings, UsesTheMeanOfATeamAndRemembersChanges) {
  Ratings ratings({1'500, 1'400, 1'300, 1'400}, kSeats);

  EXPECT_THAT(ratings.ApplyResult(GameType::kRanked, kFour, 0), ElementsAre(12, -12, 12, -12));
  // Now it is 1412 against 1388: a win of the weaker team is worth a point more than between
  // equals.
  EXPECT_THAT(ratings.ApplyResult(GameType::kRanked, kFour, 1), ElementsAre(-13, 13, -13, 13));
}

TEST(Ratings, StaysWithinTheScale) {
  Ratings ratings({3'000, 0, 3'000, 0}, kSeats);
  ratings.ApplyResult(GameType::kTournament, kFour, 0);

  // The favourites have won, but ratings stay between 0 and 3000. If they had left that range, a
  // win of the others would now change them by less than the 32 points of a tournament.
  EXPECT_THAT(ratings.ApplyResult(GameType::kTournament, kFour, 1), ElementsAre(-32, 32, -32, 32));
}

TEST(Ratings, StartsWithTheSameRatingForAllIfNoneIsKnown) {
  EXPECT_THAT(Ratings({}, kSeats).ApplyResult(GameType::kStandard, kFour, 1),
              ElementsAre(-8, 8, -8, 8));
}

}  // namespace
}  // namespace hakem::simulator
