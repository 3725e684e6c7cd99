#include "collectors/game/counting/followed_rows.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hakem::collectors {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using testing::UnorderedElementsAre;

TEST(FollowedRows, AsksForWhatVanishedUntilItIsDropped) {
  FollowedRows rows;
  EXPECT_THAT(rows.BeginLook(), IsEmpty());
  EXPECT_TRUE(rows.See("a"));
  EXPECT_TRUE(rows.See("b"));
  rows.WantVanished();
  EXPECT_THAT(rows.wanted(), IsEmpty());

  rows.BeginLook();
  EXPECT_FALSE(rows.See("a")) << "it was followed before";
  rows.WantVanished();
  EXPECT_THAT(rows.wanted(), ElementsAre("b"));
  EXPECT_THAT(rows.BeginLook(), ElementsAre("b"));
  EXPECT_THAT(rows.wanted(), IsEmpty());

  EXPECT_TRUE(rows.Drop("b"));
  EXPECT_FALSE(rows.Drop("b"));
  EXPECT_THAT(rows.ids(), ElementsAre("a"));
}

TEST(FollowedRows, AskForNoMoreAtATimeThanTheyMay) {
  FollowedRows rows;
  rows.Resume();
  for (std::size_t i = 0; i < FollowedRows::kMostWanted + 5; ++i) {
    rows.Follow(fmt::format("{}", i));
  }
  rows.BeginLook();
  rows.WantVanished();
  EXPECT_THAT(rows.wanted(), SizeIs(FollowedRows::kMostWanted));
  for (const std::string& id : rows.BeginLook()) {
    rows.Drop(id);
  }
  rows.WantVanished();
  EXPECT_THAT(rows.wanted(), SizeIs(5)) << "the others come later";
}

TEST(FollowedRows, ThatAreResumedHaveHadTheirFirstLook) {
  FollowedRows rows;
  rows.Resume();
  rows.Follow("a");
  rows.Follow("b");
  rows.BeginLook();
  EXPECT_FALSE(rows.is_first_look());
  rows.See("b");
  rows.WantVanished();
  EXPECT_THAT(rows.wanted(), ElementsAre("a"));
  EXPECT_THAT(rows.ids(), UnorderedElementsAre("a", "b"));
}

}  // namespace
}  // namespace hakem::collectors
