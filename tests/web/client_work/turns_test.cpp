#include "web/client_work/turns.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <string>
#include <thread>

#include "tests/support/fake_clock.h"

namespace hakem::web {
namespace {

/// A thread that waits for a turn and then appends its name.
class Other {
 public:
  Other(Turns& turns, std::string& order, char name)
      : thread_([this, &turns, &order, name] {
          started_.set_value();
          const Turns::Turn turn(turns);
          waited_ = turn.waited();
          order += name;  // Only one thread has the turn.
        }) {
    started_.get_future().wait();
  }

  bool waited() const { return waited_; }

 private:
  std::promise<void> started_;
  std::atomic<bool> waited_ = false;
  std::jthread thread_;
};

/// Shares the turn at the end of its slice until another thread has used it.
void ShareUntilUsed(Turns::Turn& turn, FakeClock& clock, const std::string& order,
                    std::size_t size) {
  while (order.size() < size) {
    clock.Advance(Turns::kSlice);
    turn.Share();
  }
}

TEST(Turns, PassToTheNextThreadAfterASlice) {
  FakeClock clock;
  Turns turns(1, clock);
  std::string order;
  Turns::Turn turn(turns);
  const Other other(turns, order, 'b');
  ShareUntilUsed(turn, clock, order, 1);
  EXPECT_EQ(order, "b");
}

TEST(Turns, LastForASliceWhileOthersWait) {
  FakeClock clock;
  Turns turns(1, clock);
  std::string order;
  Turns::Turn turn(turns);
  const Other other(turns, order, 'b');
  clock.Advance(Turns::kSlice - Duration(1));
  for (int i = 0; i < 1000; ++i) {
    turn.Share();
  }
  EXPECT_EQ(order, "");
  ShareUntilUsed(turn, clock, order, 1);
}

TEST(Turns, RunOneThreadOnEachProcessor) {
  const FakeClock clock{};
  Turns turns(2, clock);
  std::string order;
  const Turns::Turn turn(turns);
  { const Other other(turns, order, 'b'); }  // Ends while this thread still has its turn.
  EXPECT_EQ(order, "b");
}

TEST(Turns, KnowWhetherTheirThreadHadToWait) {
  FakeClock clock;
  Turns turns(1, clock);
  bool waited = false;
  for (int i = 0; i < 1000 && !waited; ++i) {  // The other thread may come between two turns.
    std::string order;
    Turns::Turn turn(turns);
    EXPECT_FALSE(turn.waited());
    const Other other(turns, order, 'b');
    ShareUntilUsed(turn, clock, order, 1);
    waited = other.waited();
  }
  EXPECT_TRUE(waited);
}

TEST(Turns, CountAtLeastOneProcessor) {
  EXPECT_GE(Turns::Processors(), 1U);
  EXPECT_LE(Turns::Processors(), std::thread::hardware_concurrency());
}

}  // namespace
}  // namespace hakem::web
