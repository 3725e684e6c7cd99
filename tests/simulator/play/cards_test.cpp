#include "simulator/play/cards.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <array>

namespace hakem::simulator {
namespace {

TEST(Random, IsTheSameOnEveryPlatform) {
  Random random(1);

  EXPECT_EQ(random.Next(), 10451216379200822465U);
  EXPECT_EQ(random.Next(), 13757245211066428519U);
}

TEST(Random, DrawsEveryNumberBelowTheBoundEquallyOften) {
  Random random(7);
  std::array<int, 5> drawn{};
  for (int i = 0; i < 50'000; ++i) {
    ++drawn.at(random.Below(drawn.size()));
  }

  for (const int times : drawn) {
    EXPECT_NEAR(times, 10'000, 400);
  }
}

TEST(Random, StaysWithinItsBounds) {
  using std::chrono::microseconds;
  Random random(7);
  for (int i = 0; i < 10'000; ++i) {
    EXPECT_THAT(random.Between(microseconds(10), microseconds(20)),
                testing::AllOf(testing::Ge(microseconds(10)), testing::Lt(microseconds(20))));
    EXPECT_THAT(random.Skewed(microseconds(10), microseconds(20)),
                testing::AllOf(testing::Ge(microseconds(10)), testing::Lt(microseconds(20))));
  }
}

TEST(Deck, HasEveryCardOnceInAnyOrder) {
  Random random(3);
  const Deck sorted = SortedDeck();

  EXPECT_THAT(ShuffledDeck(random), testing::UnorderedElementsAreArray(sorted));
  EXPECT_THAT(ShuffledDeck(random), testing::Not(testing::ElementsAreArray(sorted)));
}

TEST(Deck, HasEveryCardOnTopEquallyOften) {
  Random random(11);
  std::array<int, 52> on_top{};
  const Deck sorted = SortedDeck();
  for (int i = 0; i < 52'000; ++i) {
    const Card top = ShuffledDeck(random).front();
    ++on_top.at(
        static_cast<std::size_t>(std::find(sorted.begin(), sorted.end(), top) - sorted.begin()));
  }

  for (const int times : on_top) {
    EXPECT_NEAR(times, 1'000, 160);
  }
}

}  // namespace
}  // namespace hakem::simulator
