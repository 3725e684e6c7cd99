#include "rules/evaluation/series_writer.h"

#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "tests/support/alerting/rule_history.h"

namespace hakem::rules {
namespace {

using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr Timestamp kStart{std::chrono::sys_days(std::chrono::year(2026) / 1 / 1)};

const Labels kOne{{"__name__", "a:b"}, {"game", "hokm"}};
const Labels kOther{{"__name__", "a:b"}, {"game", "shelem"}};

TEST(SeriesWriter, AppendsTheSamplesOfEachEvaluation) {
  tsdb::Store store;
  SeriesWriter writer;
  writer.Write(store, kStart, {{kOne, 1}, {kOther, 2}});
  writer.Write(store, kStart + seconds(5), {{kOne, 3}, {kOther, 4}});
  EXPECT_THAT(HistoryOf(store, kStart),
              ElementsAre("a:b{game=\"hokm\"} 0:1 5:3", "a:b{game=\"shelem\"} 0:2 5:4"));
}

TEST(SeriesWriter, EndsSeriesThatVanish) {
  tsdb::Store store;
  SeriesWriter writer;
  writer.Write(store, kStart, {{kOne, 1}, {kOther, 2}});
  writer.Write(store, kStart + seconds(5), {{kOne, 3}});
  writer.Write(store, kStart + seconds(10), {});
  writer.Write(store, kStart + seconds(15), {});
  EXPECT_THAT(HistoryOf(store, kStart), ElementsAre("a:b{game=\"hokm\"} 0:1 5:3 10:stale",
                                                    "a:b{game=\"shelem\"} 0:2 5:stale"));
}

TEST(SeriesWriter, ResumesASeriesThatEnded) {
  tsdb::Store store;
  SeriesWriter writer;
  writer.Write(store, kStart, {{kOne, 1}});
  writer.Write(store, kStart + seconds(5), {});
  writer.Write(store, kStart + seconds(10), {{kOne, 2}});
  EXPECT_THAT(HistoryOf(store, kStart), ElementsAre("a:b{game=\"hokm\"} 0:1 5:stale 10:2"));
}

TEST(SeriesWriter, WritesNothingForARuleThatNeverHadAResult) {
  tsdb::Store store;
  SeriesWriter writer;
  writer.Write(store, kStart, {});
  EXPECT_THAT(HistoryOf(store, kStart), IsEmpty());
  EXPECT_EQ(store.Stats().max_time, std::nullopt);
}

TEST(SeriesWriter, RefusesASampleThatIsNotLaterAndGoesOn) {
  tsdb::Store store;
  SeriesWriter writer;
  writer.Write(store, kStart + seconds(5), {{kOne, 1}});
  writer.Write(store, kStart, {{kOne, 2}});
  writer.Write(store, kStart + seconds(10), {{kOne, 3}});
  EXPECT_THAT(HistoryOf(store, kStart), ElementsAre("a:b{game=\"hokm\"} 5:1 10:3"));
  EXPECT_EQ(store.Stats().out_of_order_total, 1U);
}

TEST(EndSeries, LeavesASeriesAloneThatHasContinued) {
  tsdb::Store store;
  SeriesWriter gone;
  gone.Write(store, kStart, {{kOne, 1}, {kOther, 2}});
  SeriesWriter renamed;
  renamed.Write(store, kStart + seconds(10), {{kOne, 3}});
  EndSeries(store, kStart + seconds(5), gone.series());
  EXPECT_THAT(HistoryOf(store, kStart),
              ElementsAre("a:b{game=\"hokm\"} 0:1 10:3", "a:b{game=\"shelem\"} 0:2 5:stale"));
}

}  // namespace
}  // namespace hakem::rules
