#include "format/nearest_name.h"

#include <gtest/gtest.h>

#include <array>

namespace hakem {
namespace {

constexpr std::array<std::string_view, 3> kKnown{"exclude", "include", "name"};

TEST(NearestName, FindsANameDespiteATypo) {
  EXPECT_EQ(NearestName("exlude", kKnown), "exclude");
  EXPECT_EQ(NearestName("incldue", kKnown), "include");
  EXPECT_EQ(NearestName("nmae", kKnown), "name");
}

TEST(NearestName, FindsNothingWhenNoNameIsClose) {
  EXPECT_EQ(NearestName("retention", kKnown), std::nullopt);
  EXPECT_EQ(DidYouMean("x", kKnown), "");
}

TEST(DidYouMean, ReturnsTheEndOfAnErrorMessage) {
  EXPECT_EQ(DidYouMean("exlude", kKnown), ", did you mean \"exclude\"?");
}

}  // namespace
}  // namespace hakem
