#include "state/game_store.h"

#include <gmock/gmock.h>

#include "state/migrations.h"
#include "tests/support/fake_clock.h"
#include "tests/support/matchers.h"

namespace hakem::state {
namespace {

using collectors::GameRecords;
using testing::IsEmpty;

class GameStoreTest : public testing::Test {
 protected:
  void SetUp() override {
    auto opened = Database::Open({.path = "", .migrations = kMainMigrations},
                                 {.clock = clock_, .log = Log::Silent().For("state")});
    ASSERT_THAT(opened, IsOk());
    database_ = std::move(*opened);
  }

  FakeClock clock_;
  std::unique_ptr<Database> database_;
};

TEST_F(GameStoreTest, AppliesTheChanges) {
  GameStore store(*database_, clock_, "a");
  const std::string bytes("\0\xff 1", 4);
  ASSERT_THAT(store.Save("hokm", {.put = {{"counters", "1"}, {"past", bytes}}, .erased = {}}),
              IsOk());
  ASSERT_THAT(store.Save("hokm", {.put = {{"counters", "2"}, {"s", ""}}, .erased = {"gone"}}),
              IsOk());
  EXPECT_THAT(store.Load("hokm"),
              IsOkAndHolds(GameRecords{{"counters", "2"}, {"past", bytes}, {"s", ""}}));
  ASSERT_THAT(store.Save("hokm", {.put = {}, .erased = {"past", "s"}}), IsOk());
  EXPECT_THAT(store.Load("hokm"), IsOkAndHolds(GameRecords{{"counters", "2"}}));
}

TEST_F(GameStoreTest, KeepsGamesOfDifferentTargetsSeparate) {
  GameStore store(*database_, clock_, "a");
  ASSERT_THAT(store.Save("hokm", {.put = {{"counters", "1"}}, .erased = {}}), IsOk());
  EXPECT_THAT(store.Load("chess"), IsOkAndHolds(IsEmpty()));
  EXPECT_THAT(GameStore(*database_, clock_, "b").Load("hokm"), IsOkAndHolds(IsEmpty()));
}

TEST_F(GameStoreTest, DeletesGamesThatWereNotSavedForADay) {
  GameStore store(*database_, clock_, "a");
  ASSERT_THAT(store.Save("old", {.put = {{"counters", "1"}}, .erased = {}}), IsOk());
  clock_.Advance(std::chrono::hours(23));
  ASSERT_THAT(store.Save("new", {.put = {{"counters", "1"}}, .erased = {}}), IsOk());
  clock_.Advance(std::chrono::hours(2));
  EXPECT_THAT(store.Load("old"), IsOkAndHolds(IsEmpty()));
  EXPECT_THAT(store.Load("new"), IsOkAndHolds(testing::SizeIs(1)));
}

}  // namespace
}  // namespace hakem::state
