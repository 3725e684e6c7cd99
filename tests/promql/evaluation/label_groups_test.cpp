#include "promql/evaluation/label_groups.h"

#include <gtest/gtest.h>

#include <string>

namespace hakem::promql {
namespace {

TEST(LabelSelection, ComparesOnlyTheNamedLabels) {
  const LabelSelection selection = LabelSelection::Only({"a", "c"});
  const Labels one{{"a", "1"}, {"b", "2"}, {"c", "3"}};
  const Labels other{{"a", "1"}, {"c", "3"}, {"d", "4"}};
  EXPECT_TRUE(selection.AreEqual(one, other));
  EXPECT_EQ(selection.Hash(one), selection.Hash(other));
  EXPECT_EQ(selection.Of(one), Labels({{"a", "1"}, {"c", "3"}}));
  EXPECT_FALSE(selection.AreEqual(one, other.With("c", "")));
  EXPECT_FALSE(selection.AreEqual(one, other.With("a", "2")));
}

TEST(LabelSelection, ComparesAllExceptTheNamedLabels) {
  const LabelSelection selection = LabelSelection::Without({"a", "c"});
  const Labels one{{"a", "1"}, {"b", "2"}, {"c", "3"}};
  const Labels other{{"b", "2"}};
  EXPECT_TRUE(selection.AreEqual(one, other));
  EXPECT_EQ(selection.Hash(one), selection.Hash(other));
  EXPECT_EQ(selection.Of(one), other);
  EXPECT_FALSE(selection.AreEqual(one, other.With("d", "4")));
}

TEST(LabelSelection, OfNoLabelsTreatsAllAsEqual) {
  const LabelSelection selection = LabelSelection::Only({});
  EXPECT_TRUE(selection.AreEqual(Labels({{"a", "1"}}), Labels()));
  EXPECT_EQ(selection.Hash(Labels({{"a", "1"}})), selection.Hash(Labels()));
}

TEST(LabelGroups, AreNumberedInTheOrderOfFirstOccurrence) {
  LabelGroups groups(LabelSelection::Only({"g"}));
  EXPECT_EQ(groups.Add({{"g", "x"}, {"l", "1"}}), 0U);
  EXPECT_EQ(groups.Add({{"g", "y"}, {"l", "2"}}), 1U);
  EXPECT_EQ(groups.Add({{"g", "x"}, {"l", "3"}}), 0U);
  EXPECT_EQ(groups.Add({{"l", "4"}}), 2U);
  EXPECT_EQ(groups.size(), 3U);
  EXPECT_EQ(groups.LabelsOf(1), Labels({{"g", "y"}}));
  EXPECT_EQ(groups.LabelsOf(2), Labels());
  EXPECT_EQ(groups.Find({{"g", "y"}, {"l", "9"}}), 1U);
  EXPECT_EQ(groups.Find({{"g", "z"}}), std::nullopt);
}

TEST(LabelGroups, FindsEachOfManyGroups) {
  LabelGroups groups(LabelSelection::All());
  for (int round = 0; round < 2; ++round) {
    for (std::size_t i = 0; i < 5000; ++i) {
      ASSERT_EQ(groups.Add({{"i", std::to_string(i)}}), i);
    }
  }
  EXPECT_EQ(groups.size(), 5000U);
  EXPECT_EQ(groups.Find({{"i", "4999"}}), 4999U);
}

}  // namespace
}  // namespace hakem::promql
