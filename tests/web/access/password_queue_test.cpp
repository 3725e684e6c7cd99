#include "web/access/password_queue.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <latch>
#include <string>
#include <vector>

#include "model/mutex.h"

namespace hakem::web {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

/// A queue whose threads are all occupied, one of them until Release(), so that jobs run one after
/// the other. Records what became of the jobs.
class PasswordQueueTest : public testing::Test {
 protected:
  PasswordQueueTest() {
    for (int i = 0; i < PasswordQueue::kThreads; ++i) {
      queue_.Push({.address = fmt::format("holder {}", i),
                   .user = "",
                   .run =
                       [this, &released = i == 0 ? released_ : ended_] {
                         taken_.count_down();
                         released.wait();
                       },
                   .turn_away = [] {}});
    }
    taken_.wait();
  }

  ~PasswordQueueTest() override {
    Release();
    ended_.count_down();
  }

  void Push(const std::string& address, const std::string& user, const std::string& name) {
    ++expected_;
    queue_.Push({.address = address,
                 .user = user,
                 .run = [this, name] { Note(ran_, name); },
                 .turn_away = [this, name] { Note(turned_away_, name); }});
  }

  void Release() {
    if (!released_.try_wait()) {
      released_.count_down();
    }
  }

  /// Waits until the queue is empty. Returns the jobs that ran, in their order.
  std::vector<std::string> AwaitRan() {
    Release();
    MutexLock lock(mutex_);
    noted_.wait(
        lock, [this]() REQUIRES(mutex_) { return ran_.size() + turned_away_.size() == expected_; });
    return ran_;
  }

  std::vector<std::string> TurnedAway() {
    const MutexLock lock(mutex_);
    return turned_away_;
  }

 private:
  void Note(std::vector<std::string>& list, const std::string& name) {
    const MutexLock lock(mutex_);
    list.push_back(name);
    noted_.notify_all();
  }

  std::latch taken_{PasswordQueue::kThreads};
  std::latch released_{1};
  std::latch ended_{1};
  Mutex mutex_;
  std::condition_variable_any noted_;
  std::vector<std::string> ran_;
  std::vector<std::string> turned_away_;
  std::size_t expected_ = 0;

 protected:
  PasswordQueue queue_{{.per_user = 2, .per_address = 6, .all = 10}};
};

TEST_F(PasswordQueueTest, LetsAddressesTakeTurns) {
  for (int i = 0; i < 5; ++i) {
    Push("10.0.0.1", fmt::format("guess {}", i), "guesser");
  }
  Push("10.0.0.2", "anna", "honest");
  EXPECT_THAT(AwaitRan(),
              ElementsAre("guesser", "honest", "guesser", "guesser", "guesser", "guesser"));
}

TEST_F(PasswordQueueTest, LetsUsersOfAnAddressTakeTurns) {
  Push("10.0.0.1", "root", "guess");
  Push("10.0.0.1", "root", "guess");
  Push("10.0.0.1", "anna", "honest");
  EXPECT_THAT(AwaitRan(), ElementsAre("guess", "honest", "guess"));
}

TEST_F(PasswordQueueTest, TurnsAwayTheUserWithTheMostWaitingJobs) {
  for (int i = 0; i < 6; ++i) {
    Push("10.0.0.1", "root", fmt::format("guess {}", i));
  }
  Push("10.0.0.1", "anna", "honest");
  EXPECT_THAT(TurnedAway(), ElementsAre("guess 2", "guess 3", "guess 4", "guess 5"));
  EXPECT_THAT(AwaitRan(), Contains("honest"));
}

TEST_F(PasswordQueueTest, TurnsAwayTheBusiestAddressWhenAllIsFull) {
  for (int i = 0; i < 6; ++i) {
    Push("10.0.0.1", fmt::format("guess {}", i), "guess");
  }
  for (int i = 0; i < 4; ++i) {
    Push(fmt::format("10.0.1.{}", i), "anna", "honest");
  }
  EXPECT_THAT(TurnedAway(), IsEmpty());
  Push("10.0.0.9", "anna", "newcomer");
  EXPECT_THAT(TurnedAway(), ElementsAre("guess"));
  EXPECT_THAT(AwaitRan(), Contains("newcomer"));
}

TEST(TurnOf, UsesTheNetworkOfAnIpv6Address) {
  EXPECT_EQ(TurnOf("10.1.2.3"), "10.1.2.3");
  EXPECT_EQ(TurnOf("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
  EXPECT_EQ(TurnOf("2001:db8:1:2:ffff::1"), "2001:db8:1:2::");
}

}  // namespace
}  // namespace hakem::web
