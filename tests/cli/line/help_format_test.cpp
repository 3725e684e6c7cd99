#include "cli/line/help_format.h"

#include <gtest/gtest.h>

namespace hakem::cli {
namespace {

TEST(WrapLinesTest, BreaksBeforeTheWordThatIsTooMuch) {
  EXPECT_EQ(WrapLines("one two three", 8), "one two\nthree");
  EXPECT_EQ(WrapLines("one two three", 7), "one two\nthree");
  EXPECT_EQ(WrapLines("one two three", 6), "one\ntwo\nthree");
}

TEST(WrapLinesTest, KeepsNewlinesAndLongWords) {
  EXPECT_EQ(WrapLines("one\ntwo", 80), "one\ntwo");
  EXPECT_EQ(WrapLines("a extraordinarily b", 5), "a\nextraordinarily\nb");
  EXPECT_EQ(WrapLines("extraordinarily", 5), "extraordinarily");
  EXPECT_EQ(WrapLines("", 5), "");
}

}  // namespace
}  // namespace hakem::cli
