#include "model/shared_block.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace hakem {
namespace {

struct Counted : BlockOwners {
  int* ended = nullptr;
  std::uint64_t number = 0;

  ~Counted() { ++*ended; }
};

SharedBlock<Counted> MakeBlock(int& ended) {
  auto block = SharedBlock<Counted>::Make(3 * sizeof(std::uint64_t));
  block->ended = &ended;
  block->number = 7;
  static_cast<std::uint64_t*>(block.behind())[2] = 9;
  return block;
}

TEST(SharedBlock, IsDestroyedWithItsLastOwner) {
  int ended = 0;
  {
    SharedBlock<Counted> kept;
    {
      const SharedBlock<Counted> made = MakeBlock(ended);
      kept = made;
      EXPECT_EQ(kept, made);
      EXPECT_EQ(kept.behind(), made.behind());
    }
    EXPECT_EQ(ended, 0);
    EXPECT_EQ(kept->number, 7U);
    EXPECT_EQ(static_cast<const std::uint64_t*>(kept.behind())[2], 9U);
    kept = MakeBlock(ended);
    EXPECT_EQ(ended, 1);
  }
  EXPECT_EQ(ended, 2);
}

TEST(SharedBlock, IsNullWhenMovedFrom) {
  int ended = 0;
  SharedBlock<Counted> block = MakeBlock(ended);
  const SharedBlock<Counted> taken = std::move(block);
  EXPECT_TRUE(block == nullptr);  // NOLINT(bugprone-use-after-move): what it says.
  EXPECT_FALSE(taken == nullptr);
  EXPECT_EQ(ended, 0);
}

TEST(SharedBlock, CanBeAssignedToItself) {
  int ended = 0;
  SharedBlock<Counted> block = MakeBlock(ended);
  const SharedBlock<Counted>& same = block;
  block = same;
  EXPECT_EQ(block->number, 7U);
  EXPECT_EQ(ended, 0);
}

TEST(SharedBlock, IsDestroyedOnceWhenThreadsShareIt) {
  int ended = 0;
  {
    std::vector<std::jthread> owners;
    const SharedBlock<Counted> block = MakeBlock(ended);
    for (int i = 0; i < 4; ++i) {
      owners.emplace_back([block] {
        for (int copies = 0; copies < 1000; ++copies) {
          // NOLINTNEXTLINE(performance-unnecessary-copy-initialization): the subject.
          const SharedBlock<Counted> copy = block;
          ASSERT_EQ(copy->number, 7U);
        }
      });
    }
  }
  EXPECT_EQ(ended, 1);
}

}  // namespace
}  // namespace hakem
