#include "web/client_work/query_gate.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <future>
#include <utility>
#include <vector>

#include "tests/support/matchers.h"

namespace hakem::web {
namespace {

constexpr Duration kNoWait(0);
constexpr Duration kLong = std::chrono::minutes(1);

TEST(QueryGate, LimitsTheNumberOfRunningQueries) {
  QueryGate gate(2);
  const auto first = gate.Enter(kNoWait, {});
  {
    const auto second = gate.Enter(kNoWait, {});
    ASSERT_THAT(second, IsOk());
    EXPECT_THAT(gate.Enter(kNoWait, {}), HasMessage("query timed out in query queue"));
  }
  EXPECT_THAT(gate.Enter(kNoWait, {}), IsOk());
}

TEST(QueryGate, StartsAWaitingQueryWhenAnotherEnds) {
  QueryGate gate(1);
  auto first = std::make_unique<QueryGate::Pass>(*gate.Enter(kNoWait, {}));
  auto waiting = std::async(std::launch::async, [&] { return gate.Enter(kLong, {}).has_value(); });
  first.reset();
  EXPECT_TRUE(waiting.get());
}

TEST(QueryGate, EndsTheWaitWhenStopped) {
  QueryGate gate(1);
  const auto first = gate.Enter(kNoWait, {});
  std::stop_source stop;
  auto waiting =
      std::async(std::launch::async, [&] { return gate.Enter(kLong, stop.get_token()); });
  stop.request_stop();
  const auto stopped = waiting.get();
  EXPECT_THAT(stopped, HasCode(ErrorCode::kUnavailable));
  EXPECT_THAT(stopped, HasMessage("query was canceled in query queue"));
}

TEST(QueryGate, DropsWaitingQueriesWhoseClientsHaveGone) {
  QueryGate gate(1);
  const auto first = gate.Enter(kNoWait, {});
  EXPECT_THAT(gate.Enter(kLong, {}, [] { return true; }),
              HasMessage("query was canceled in query queue"));
}

TEST(QueryGate, StartsQueriesInTheOrderOfTheirArrival) {
  QueryGate gate(1);
  auto pass = std::make_unique<QueryGate::Pass>(*gate.Enter(kNoWait, {}));
  std::vector<int> order;  // Used only by the thread that has the pass.
  std::vector<std::future<void>> waiting;
  for (int i = 0; i < 40; ++i) {
    std::promise<void> asks;
    waiting.push_back(std::async(std::launch::async, [&, i] {
      // Called for the first time when the query has been queued.
      bool asked = false;
      const auto place = gate.Enter(kLong, {}, [&] {
        if (!std::exchange(asked, true)) {
          asks.set_value();
        }
        return false;
      });
      EXPECT_THAT(place, IsOk());
      order.push_back(i);
    }));
    asks.get_future().wait();
  }
  pass.reset();
  for (auto& one : waiting) {
    one.get();
  }
  EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
  EXPECT_EQ(order.size(), 40U);
  EXPECT_THAT(gate.Enter(kNoWait, {}), IsOk());
}

TEST(QueryGate, RefusesOnlyQueriesThatWouldOccupyTheLastThreads) {
  QueryGate gate(1, 1);
  const auto first = gate.Enter(kNoWait, {});
  std::promise<void> asks;
  std::stop_source stop;
  auto waiting = std::async(std::launch::async, [&] {
    bool asked = false;
    return gate.Enter(kLong, stop.get_token(), [&] {
      if (!std::exchange(asked, true)) {
        asks.set_value();
      }
      return false;
    });
  });
  asks.get_future().wait();
  EXPECT_THAT(gate.Enter(kLong, {}), HasMessage("1 queries run and 1 wait: try again later"));
  stop.request_stop();
  EXPECT_THAT(waiting.get(), HasCode(ErrorCode::kUnavailable));
}

}  // namespace
}  // namespace hakem::web
