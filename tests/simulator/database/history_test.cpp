#include "simulator/database/history.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tests/support/matchers.h"

namespace hakem::simulator {
namespace {

constexpr Timestamp kEnd{std::chrono::sys_days(std::chrono::year(2026) / 3 / 1)};

std::vector<History::Batch> All(const HistoryOptions& options) {
  History history(options, kEnd);
  std::vector<History::Batch> batches;
  while (auto batch = history.Next()) {
    batches.push_back(std::move(*batch));
  }
  return batches;
}

TEST(History, HasTheRequestedMovesAndAtMostOneMoreGame) {
  std::int64_t moves = 0;
  std::int64_t games = 0;
  for (const History::Batch& batch : All({.moves = 400'000})) {
    moves += batch.moves;
    games += batch.games;
    EXPECT_LE(batch.games, 500);
  }

  EXPECT_GE(moves, 400'000);
  EXPECT_LT(moves, 401'500);
  EXPECT_NEAR(static_cast<double>(moves) / static_cast<double>(games), 450, 30);
}

TEST(History, IsTheSameForTheSameSeed) {
  const auto sql = [](std::uint64_t seed) {
    return All({.moves = 5'000, .seed = seed}).front().sql;
  };

  EXPECT_EQ(sql(1), sql(1));
  EXPECT_NE(sql(1), sql(2));
}

TEST(History, HasOneGameIfOneMoveIsRequested) {
  const auto batches = All({.days = 1, .moves = 1});

  ASSERT_EQ(batches.size(), 1U);
  EXPECT_EQ(batches.front().games, 1);
  EXPECT_THAT(batches.front().sql, testing::HasSubstr("timestamptz '2026-03-01T00:00:00Z'"));
}

TEST(History, HasPlayersForAllGamesThatOverlap) {
  EXPECT_GT(History({.days = 1, .moves = 10'000'000}, kEnd).players(),
            10 * History({.days = 30, .moves = 10'000'000}, kEnd).players());
}

TEST(ValidateHistory, NamesTheOption) {
  EXPECT_THAT(ValidateHistory({.days = 0}), HasMessage("--history 0 is out of range: 1 to 3650"));
  EXPECT_THAT(ValidateHistory({.moves = 0}),
              HasMessage("--moves 0 is out of range: 1 to 1000000000"));
  EXPECT_THAT(ValidateHistory({.rounds_to_win = 100}),
              HasMessage("--rounds-to-win 100 is out of range: 1 to 99"));
  EXPECT_THAT(ValidateHistory({.abandon_ratio = -1}),
              HasMessage("--abandon-ratio -1 is out of range: 0 to 1"));
  EXPECT_THAT(ValidateHistory({}), IsOk());
}

}  // namespace
}  // namespace hakem::simulator
