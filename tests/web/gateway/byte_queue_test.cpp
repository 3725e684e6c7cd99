#include "web/gateway/byte_queue.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace hakem::web {
namespace {

void Put(ByteQueue& queue, std::string_view text) {
  const auto room = queue.room();
  ASSERT_GE(room.size(), text.size());
  std::copy(text.begin(), text.end(), room.begin());
  queue.Added(text.size());
}

std::string Waiting(const ByteQueue& queue) {
  return {queue.waiting().begin(), queue.waiting().end()};
}

TEST(ByteQueue, GivesBytesInTheirOrder) {
  ByteQueue queue;
  EXPECT_TRUE(queue.empty());
  Put(queue, "abc");
  queue.Taken(1);
  Put(queue, "de");
  EXPECT_EQ(Waiting(queue), "bcde");
  queue.Taken(4);
  EXPECT_TRUE(queue.empty());
}

TEST(ByteQueue, IsFullAtItsCapacityAndUsesAllOfItAgain) {
  ByteQueue queue;
  Put(queue, std::string(ByteQueue::kCapacity, 'x'));
  EXPECT_TRUE(queue.full());
  EXPECT_TRUE(queue.room().empty());
  queue.Taken(10);
  EXPECT_FALSE(queue.full());
  EXPECT_EQ(queue.room().size(), 10U);
  Put(queue, "0123456789");
  EXPECT_TRUE(queue.full());
  EXPECT_TRUE(Waiting(queue).ends_with("xx0123456789"));
}

}  // namespace
}  // namespace hakem::web
