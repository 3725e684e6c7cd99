#include "model/labels.h"

#include <gtest/gtest.h>

namespace hakem {
namespace {

TEST(Labels, AreSortedAndUniqueWithoutEmptyValues) {
  const Labels labels{{"b", "2"}, {"a", "1"}, {"c", ""}, {"b", "3"}};
  EXPECT_EQ(FormatSeries(labels), R"({a="1", b="3"})");
}

TEST(Labels, AreEqualInWhateverOrderTheyAreGiven) {
  const Labels one{{"a", "1"}, {"b", "2"}};
  const Labels other{{"b", "2"}, {"a", "1"}};
  EXPECT_EQ(one, other);
  EXPECT_EQ(one.hash(), other.hash());
}

TEST(Labels, DifferWhenOnlyTheEndOfTheNameMoves) {
  EXPECT_NE(Labels({{"ab", "c"}}).hash(), Labels({{"a", "bc"}}).hash());
}

TEST(Labels, ReturnChangedCopies) {
  const Labels labels{{"__name__", "up"}, {"a", "1"}, {"b", "2"}};
  EXPECT_EQ(labels.WithoutName(), Labels({{"a", "1"}, {"b", "2"}}));
  EXPECT_EQ(labels.With("a", "9").Get("a"), "9");
  EXPECT_EQ(labels.Only(std::vector<std::string>{"b", "x"}), Labels({{"b", "2"}}));
  EXPECT_EQ(labels.Without(std::vector<std::string>{"b"}),
            Labels({{"__name__", "up"}, {"a", "1"}}));
  EXPECT_EQ(labels.Get("missing"), "");
}

TEST(Labels, StaySortedWhenOneIsReplacedAddedOrRemoved) {
  const Labels labels{{"b", "2"}, {"d", "4"}};
  EXPECT_EQ(labels.With("a", "1"), Labels({{"a", "1"}, {"b", "2"}, {"d", "4"}}));
  EXPECT_EQ(labels.With("b", "9"), Labels({{"b", "9"}, {"d", "4"}}));
  EXPECT_EQ(labels.With("c", "3"), Labels({{"b", "2"}, {"c", "3"}, {"d", "4"}}));
  EXPECT_EQ(labels.With("e", "5"), Labels({{"b", "2"}, {"d", "4"}, {"e", "5"}}));
  EXPECT_EQ(labels.With("b", ""), Labels({{"d", "4"}}));
  EXPECT_EQ(labels.With("c", ""), labels);
}

TEST(Labels, DifferForAnyDifferentBytesInValues) {
  EXPECT_NE(Labels({{"a",
                     "1\xff"
                     "b\xff"
                     "2"}}),
            Labels({{"a", "1"}, {"b", "2"}}));
}

TEST(Labels, HaveValuesOfAnyLength) {
  for (const std::size_t length : {127U, 128U, 16383U, 16384U, 3'000'000U}) {
    const std::string value(length, 'x');
    const Labels labels{{"a", value}, {value, "b"}};
    EXPECT_EQ(labels.Get("a"), value);
    EXPECT_EQ(labels.Get(value), "b");
    EXPECT_EQ(labels.size(), 2U);
  }
}

TEST(Labels, AreEqualWhenEmptyHoweverMade) {
  const Labels removed = Labels{{"a", "1"}}.With("a", "");
  EXPECT_TRUE(removed.empty());
  EXPECT_EQ(removed, Labels());
  EXPECT_EQ(removed, Labels({{"b", ""}}));
  EXPECT_EQ(removed.size(), 0U);
  EXPECT_EQ(removed.hash(), 0x2d06800538d394c2U);
}

TEST(Labels, HaveTheHashThatStoredStateUses) {
  EXPECT_EQ(Labels({{"__name__", "up"}, {"job", "hokm"}}).hash(), 0xfbc26f2d43853dc2U);
}

TEST(Labels, AreEmptyWhenMovedFrom) {
  Labels labels{{"a", "1"}};
  const Labels taken = std::move(labels);
  EXPECT_EQ(taken.Get("a"), "1");
  EXPECT_TRUE(labels.empty());  // NOLINT(bugprone-use-after-move): what it says.
}

TEST(Labels, PrintAsPromqlDoes) {
  EXPECT_EQ(FormatSeries({}), "{}");
  EXPECT_EQ(FormatSeries({{"__name__", "up"}}), "up");
  EXPECT_EQ(FormatSeries({{"__name__", "up"}, {"a", "say \"\\\n"}}), R"(up{a="say \"\\\n"})");
}

TEST(Labels, ShareOneBlockBetweenCopies) {
  const Labels labels{{"a", "1"}};
  const Labels copy = labels;  // NOLINT(performance-unnecessary-copy-initialization): the subject.
  EXPECT_EQ(copy.Get("a").data(), labels.Get("a").data());
  EXPECT_EQ(Labels().bytes(), 0U);
  EXPECT_GT(labels.bytes(), 0U);
}

TEST(Labels, AreOrderedByNameThenValueOfEachLabel) {
  const Labels none;
  const Labels a1{{"a", "1"}};
  const Labels a1_b1{{"a", "1"}, {"b", "1"}};
  const Labels a10{{"a", "10"}};
  EXPECT_LT(none, a1);
  EXPECT_LT(a1, a1_b1);
  EXPECT_LT(a1_b1, a10);
}

TEST(Labels, CanBeIterated) {
  const Labels labels{{"b", "2"}, {"__name__", "up"}};
  const std::vector<Label> copies(labels.begin(), labels.end());
  EXPECT_EQ(copies, (std::vector<Label>{{"__name__", "up"}, {"b", "2"}}));
}

TEST(Names, FollowTheClassicRules) {
  EXPECT_TRUE(IsValidMetricName("job:up:rate5m"));
  EXPECT_FALSE(IsValidLabelName("job:up"));
  EXPECT_FALSE(IsValidLabelName("5m"));
  EXPECT_FALSE(IsValidLabelName(""));
  EXPECT_TRUE(IsValidLabelName("_a5"));
}

}  // namespace
}  // namespace hakem
