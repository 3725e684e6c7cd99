#include "web/prometheus_api/query/query_gate.h"

#include <gmock/gmock.h>

#include <future>

#include "tests/support/matchers.h"

namespace hakem::web {
namespace {

constexpr Duration kNoWait(0);
constexpr Duration kLong = std::chrono::minutes(1);

TEST(QueryGate, LetsSoManyInAtOnce) {
  QueryGate gate(2);
  const auto first = gate.Enter(kNoWait, {});
  {
    const auto second = gate.Enter(kNoWait, {});
    ASSERT_THAT(second, IsOk());
    EXPECT_THAT(gate.Enter(kNoWait, {}), HasMessage("query timed out in query queue"));
  }
  EXPECT_THAT(gate.Enter(kNoWait, {}), IsOk());
}

TEST(QueryGate, WakesOneWhoWaitsWhenAnotherLeaves) {
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

TEST(QueryGate, KeepsNoPlaceForWhoHasGone) {
  QueryGate gate(1);
  const auto first = gate.Enter(kNoWait, {});
  EXPECT_THAT(gate.Enter(kLong, {}, [] { return true; }),
              HasMessage("query was canceled in query queue"));
}

}  // namespace
}  // namespace hakem::web
