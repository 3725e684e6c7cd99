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

TEST(FollowedRows, WantsVanishedRowsUntilTheyAreDropped) {
  FollowedRows rows;
  EXPECT_THAT(rows.BeginPoll(), IsEmpty());
  EXPECT_TRUE(rows.Observe("a"));
  EXPECT_TRUE(rows.Observe("b"));
  rows.WantVanished();
  EXPECT_THAT(rows.wanted(), IsEmpty());

  rows.BeginPoll();
  EXPECT_FALSE(rows.Observe("a")) << "it was followed before";
  rows.WantVanished();
  EXPECT_THAT(rows.wanted(), ElementsAre("b"));
  EXPECT_THAT(rows.BeginPoll(), ElementsAre("b"));
  EXPECT_THAT(rows.wanted(), IsEmpty());

  EXPECT_TRUE(rows.Drop("b"));
  EXPECT_FALSE(rows.Drop("b"));
  EXPECT_THAT(rows.ids(), ElementsAre("a"));
}

TEST(FollowedRows, LimitsTheWantedRowsOfOnePoll) {
  FollowedRows rows;
  rows.Resume();
  for (std::size_t i = 0; i < FollowedRows::kMaxWanted + 5; ++i) {
    rows.Follow(fmt::format("{}", i));
  }
  rows.BeginPoll();
  rows.WantVanished();
  EXPECT_THAT(rows.wanted(), SizeIs(FollowedRows::kMaxWanted));
  for (const std::string& id : rows.BeginPoll()) {
    rows.Drop(id);
  }
  rows.WantVanished();
  EXPECT_THAT(rows.wanted(), SizeIs(5)) << "the others are wanted later";
}

TEST(FollowedRows, HaveNoFirstPollAfterResume) {
  FollowedRows rows;
  rows.Resume();
  rows.Follow("a");
  rows.Follow("b");
  rows.BeginPoll();
  EXPECT_FALSE(rows.is_first_poll());
  rows.Observe("b");
  rows.WantVanished();
  EXPECT_THAT(rows.wanted(), ElementsAre("a"));
  EXPECT_THAT(rows.ids(), UnorderedElementsAre("a", "b"));
}

}  // namespace
}  // namespace hakem::collectors
