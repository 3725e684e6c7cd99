#include "model/deep_thread.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <stdexcept>
#include <system_error>
#include <thread>

#include "model/contained.h"
#include "model/interruption.h"

namespace hakem {
namespace {

/// Recurses in a way that no compiler turns into a loop.
int Descend(int levels) {
  volatile char frame[1000];
  frame[0] = static_cast<char>(levels);
  return levels == 0 ? frame[0] : Descend(levels - 1) + frame[0];
}

TEST(DeepThread, HasRoomForDeepRecursion) {
  RunDeep([] { Descend(static_cast<int>(kDeepStackBytes / 2600)); });
}

TEST(DeepThread, RethrowsExceptions) {
  EXPECT_THROW(RunDeep([] { throw std::runtime_error("a bug"); }), std::runtime_error);
  EXPECT_THROW(RunDeep([] { throw 1; }), int);
  DeepThread unheard([] { throw std::runtime_error("nobody joins"); });
}

TEST(DeepThread, ThrowsWhenThereIsNoMemoryForItsStack) {
  rlimit before{};
  getrlimit(RLIMIT_AS, &before);
  rlimit none = before;
  none.rlim_cur = 1 << 20;
#ifdef HAKEM_SANITIZED
  GTEST_SKIP() << "a sanitizer needs addresses of its own";
#endif
  setrlimit(RLIMIT_AS, &none);
  bool refused = false;
  try {
    DeepThread thread([] {});
    thread.Join();
  } catch (const std::system_error&) {
    refused = true;
  }
  setrlimit(RLIMIT_AS, &before);
  // The stack of an earlier thread may be reused; a second one does not fit.
  if (!refused) {
    setrlimit(RLIMIT_AS, &none);
    try {
      DeepThread first([] {});
      DeepThread second([] {});
      DeepThread third([] {});
    } catch (const std::system_error&) {
      refused = true;
    }
    setrlimit(RLIMIT_AS, &before);
  }
  EXPECT_TRUE(refused);
}

TEST(RunContained, LosesOnlyTheIterationThatThrew) {
  const Logger log = Log::Silent().For("test");
  EXPECT_TRUE(RunContained(log, "failed", [] {}));
  EXPECT_FALSE(RunContained(log, "failed", [] { throw std::bad_alloc(); }));
  EXPECT_FALSE(RunContained(log, "failed", [] { throw 1; }));
}

TEST(Interruption, InterruptsOnlyItsOwnThreadWhileItLives) {
  bool wanted = false;
  {
    const Interruption interruption([&]() -> std::optional<Error> {
      return wanted ? std::optional(Error{ErrorCode::kTimeout, "too late"}) : std::nullopt;
    });
    const auto work = [] {
      for (int i = 0; i < 1000; ++i) {
        CheckInterrupted();
      }
    };
    EXPECT_NO_THROW(work());
    wanted = true;
    std::thread([&] { EXPECT_NO_THROW(work()); }).join();
    try {
      work();
      ADD_FAILURE();
    } catch (const Interrupted& interrupted) {
      EXPECT_EQ(interrupted.error(), (Error{ErrorCode::kTimeout, "too late"}));
    }
  }
  EXPECT_NO_THROW(CheckInterrupted());
}

}  // namespace
}  // namespace hakem
