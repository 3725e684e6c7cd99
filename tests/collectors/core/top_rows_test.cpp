#include "collectors/core/top_rows.h"

#include <gmock/gmock.h>

#include <numeric>

namespace hakem::collectors {
namespace {

using testing::ElementsAre;
using testing::Optional;

/// Rows with a rank, a counter, a gauge and a time each; two of them are kept.
class TopRowsTest : public testing::Test {
 protected:
  struct Table {
    std::string name;
    double rank;
    double counter;
    double gauge = 1;
  };

  /// Selects the rows and returns the counters of kept ones as `name=value`, then that of the
  /// overflow row.
  std::vector<std::string> Select(const std::vector<Table>& tables,
                                  std::string_view overflow_key = {}) {
    std::vector<TopRows::Row> rows;
    for (const Table& table : tables) {
      rows.push_back({table.name, table.rank, {table.counter, table.gauge, 5}});
    }
    selection_ = top_.Select(rows, overflow_key);
    std::vector<std::string> lines;
    sum_ = 0;
    for (const std::size_t row : selection_.kept) {
      lines.push_back(tables[row].name + "=" + Text(*rows[row].values[0]));
      sum_ += *rows[row].values[0];
    }
    if (selection_.overflow[0]) {
      lines.push_back("other=" + Text(*selection_.overflow[0]));
      sum_ += *selection_.overflow[0];
    }
    return lines;
  }

  static std::string Text(double value) { return std::to_string(static_cast<int>(value)); }

  TopRows top_{2, {TopRows::Column::kCounter, TopRows::Column::kGauge, TopRows::Column::kPerRow}};
  TopRows::Selection selection_;
  double sum_ = 0;
};

TEST_F(TopRowsTest, KeepsAllRowsUpToTheLimit) {
  EXPECT_THAT(Select({{"a", 1, 10}, {"b", 2, 20}}), ElementsAre("a=10", "b=20"));
  EXPECT_EQ(selection_.overflow_rows, 0U);
}

TEST_F(TopRowsTest, AddsARowWithTheOverflowKeyToTheOverflow) {
  EXPECT_THAT(Select({{"other", 9, 10}, {"b", 1, 20}}, "other"), ElementsAre("other=10", "b=20"));
  EXPECT_THAT(Select({{"other", 9, 11}, {"b", 1, 20}, {"c", 2, 30}}, "other"),
              ElementsAre("b=20", "c=30", "other=11"));
  EXPECT_THAT(Select({{"other", 9, 15}, {"b", 1, 20}, {"c", 2, 30}, {"d", 0, 5}}, "other"),
              ElementsAre("b=20", "c=30", "other=15"));
  EXPECT_THAT(Select({{"other", 9, 16}, {"b", 1, 20}, {"c", 2, 30}, {"d", 0, 12}}, "other"),
              ElementsAre("b=20", "c=30", "other=23"));
}

TEST_F(TopRowsTest, KeepsTheHighestRowsAndSumsTheOthers) {
  EXPECT_THAT(Select({{"a", 1, 10}, {"b", 3, 20}, {"c", 2, 30}, {"d", 0, 40, 6}}),
              ElementsAre("b=20", "c=30", "other=50"));
  EXPECT_EQ(selection_.overflow_rows, 2U);
  EXPECT_THAT(selection_.overflow[1], Optional(7.0)) << "gauges are summed";
  EXPECT_EQ(selection_.overflow[2], std::nullopt) << "times are not summed";
}

TEST_F(TopRowsTest, KeepsItsChoiceWhenRanksChange) {
  Select({{"a", 1, 10}, {"b", 3, 20}, {"c", 2, 30}});
  EXPECT_THAT(Select({{"a", 9, 11}, {"b", 3, 20}, {"c", 2, 30}}),
              ElementsAre("b=20", "c=30", "other=11"));
}

TEST_F(TopRowsTest, KeepsTheOverflowCounterWhenOneOfItsRowsIsDropped) {
  Select({{"a", 1, 10}, {"b", 3, 20}, {"c", 2, 30}, {"d", 0, 40}});
  EXPECT_THAT(Select({{"a", 1, 12}, {"b", 3, 20}, {"c", 2, 30}}),
              ElementsAre("b=20", "c=30", "other=52"));
}

TEST_F(TopRowsTest, StartsTheCounterOfANewlyKeptRowAtZero) {
  Select({{"a", 1, 10}, {"b", 3, 20}, {"c", 2, 30}});
  EXPECT_THAT(Select({{"a", 1, 12}, {"c", 2, 30}}), ElementsAre("c=30", "other=12"));
  EXPECT_THAT(Select({{"a", 1, 14}, {"c", 2, 30}}), ElementsAre("a=2", "c=30", "other=12"))
      << "b was dropped: its place goes to a, whose first 12 stay in the overflow";
  EXPECT_EQ(sum_, 44);
}

TEST_F(TopRowsTest, ContinuesAnOverflowRowThatWasMissingForOneRound) {
  Select({{"a", 1, 10}, {"b", 3, 20}, {"c", 2, 30}});
  EXPECT_THAT(Select({{"b", 3, 20}, {"c", 2, 30}}), ElementsAre("b=20", "c=30", "other=10"));
  EXPECT_THAT(Select({{"a", 1, 14}, {"b", 3, 20}, {"c", 2, 30}}),
              ElementsAre("b=20", "c=30", "other=14"));
}

TEST_F(TopRowsTest, KeepsThePlaceOfARowThatWasMissingForOneRound) {
  Select({{"a", 1, 10}, {"b", 3, 20}, {"c", 2, 30}, {"d", 0, 40}});
  Select({{"a", 1, 10}, {"c", 2, 30}, {"d", 0, 40}});
  Select({{"a", 1, 10}, {"c", 2, 30}, {"d", 0, 40}});
  EXPECT_THAT(Select({{"a", 1, 11}, {"c", 2, 30}, {"d", 0, 40}}),
              ElementsAre("a=1", "c=30", "other=50"));
  Select({{"c", 2, 30}, {"d", 0, 40}});
  EXPECT_THAT(Select({{"a", 1, 12}, {"c", 2, 30}, {"d", 0, 40}}),
              ElementsAre("a=2", "c=30", "other=50"));
}

TEST_F(TopRowsTest, AddsOnlyTheGrowthOfARowThatJoinsTheOverflow) {
  Select({{"a", 1, 10}, {"b", 3, 20}, {"c", 2, 30}});
  Select({{"b", 3, 20}, {"c", 2, 30}});
  Select({{"b", 3, 20}, {"c", 2, 30}});
  EXPECT_THAT(Select({{"a", 1, 14}, {"b", 3, 20}, {"c", 2, 30}, {"d", 0, 1000}}),
              ElementsAre("b=20", "c=30", "other=10"));
  EXPECT_THAT(Select({{"a", 1, 15}, {"b", 3, 20}, {"c", 2, 30}, {"d", 0, 1002}}),
              ElementsAre("b=20", "c=30", "other=13"));
}

TEST_F(TopRowsTest, ContinuesACounterThatWasNullForOneRound) {
  Select({{"a", 1, 10}, {"b", 3, 20}, {"c", 2, 30}});
  std::vector<TopRows::Row> rows = {{"a", 1, {std::nullopt, 1, 5}}, {"b", 3, {20, 1, 5}}};
  top_.Select(rows);
  EXPECT_THAT(Select({{"a", 1, 14}, {"b", 3, 20}, {"c", 2, 30}}),
              ElementsAre("b=20", "c=30", "other=14"));
}

TEST_F(TopRowsTest, ContinuesAfterCountersWereReset) {
  Select({{"a", 1, 10}, {"b", 3, 20}, {"c", 2, 30}});
  Select({{"a", 1, 10}, {"c", 2, 30}});
  Select({{"a", 1, 14}, {"c", 2, 30}});
  EXPECT_THAT(Select({{"a", 1, 2}, {"c", 2, 1}}), ElementsAre("a=2", "c=1", "other=10"));
}

}  // namespace
}  // namespace hakem::collectors
