#include "exporter/session/watchdog.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>

#include "tests/support/fake_clock.h"

namespace hakem::exporter {
namespace {

using std::chrono::seconds;

/// A pair of sockets; the first is watched, on the second it shows when it was shut down.
class WatchdogTest : public testing::Test {
 protected:
  WatchdogTest() { EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends_.data()), 0); }

  ~WatchdogTest() override {
    close(ends_[0]);
    close(ends_[1]);
  }

  /// Blocks until the watched socket is shut down.
  void WaitForTheEnd() const {
    char byte = 0;
    EXPECT_EQ(read(ends_[1], &byte, 1), 0);
  }

  bool Open() const {
    char byte = 0;
    return recv(ends_[1], &byte, 1, MSG_DONTWAIT) < 0;
  }

  std::array<int, 2> ends_{};
  FakeClock clock_;
  Watchdog watchdog_{clock_};
};

TEST_F(WatchdogTest, ShutsAnOverdueSocketDown) {
  const Watchdog::Watch watch(watchdog_, ends_[0], clock_.SteadyNow() + seconds(3), {});
  clock_.Advance(seconds(3));
  WaitForTheEnd();
  EXPECT_TRUE(watch.expired());
}

TEST_F(WatchdogTest, LeavesASocketAloneBeforeItsDeadline) {
  const Watchdog::Watch early(watchdog_, ends_[0], clock_.SteadyNow() + seconds(3), {});
  clock_.Advance(seconds(2));
  EXPECT_FALSE(early.expired());
  EXPECT_TRUE(Open());
}

TEST_F(WatchdogTest, IgnoresASocketThatIsNoLongerWatched) {
  { const Watchdog::Watch watch(watchdog_, ends_[0], clock_.SteadyNow() + seconds(1), {}); }
  const Watchdog::Watch later(watchdog_, ends_[0], clock_.SteadyNow() + seconds(9), {});
  clock_.Advance(seconds(2));
  EXPECT_TRUE(Open());
}

TEST_F(WatchdogTest, ShutsDownAtOnceWhenStopped) {
  std::stop_source stop;
  const Watchdog::Watch watch(watchdog_, ends_[0], clock_.SteadyNow() + seconds(3),
                              stop.get_token());
  stop.request_stop();
  WaitForTheEnd();
  EXPECT_FALSE(watch.expired());
}

}  // namespace
}  // namespace hakem::exporter
