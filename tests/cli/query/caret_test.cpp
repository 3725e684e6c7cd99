#include "cli/query/caret.h"

#include <gtest/gtest.h>

namespace hakem::cli {
namespace {

TEST(Caret, PointsAtThePlaceAtTheFrontOfTheMessage) {
  EXPECT_EQ(PointAt("1:5: parse error: unexpected end of input", "up +"),
            "1:5: parse error: unexpected end of input\n"
            "  up +\n"
            "      ^");
  EXPECT_EQ(PointAt("2:3: parse error: x", "sum(\n\tfoo(1))"),
            "2:3: parse error: x\n"
            "  \tfoo(1))\n"
            "  \t ^");
}

TEST(Caret, PointsAtThePlaceAtTheEndOfTheMessage) {
  EXPECT_EQ(PointAt("PromQL info: metric might not be a counter: \"x\" (1:6)", "rate(x[5m])"),
            "PromQL info: metric might not be a counter: \"x\" (1:6)\n"
            "  rate(x[5m])\n"
            "       ^");
}

TEST(Caret, ConvertsByteColumnsToCharacters) {
  EXPECT_EQ(PointAt("1:9: x", "\"é\" + ]"),
            "1:9: x\n"
            "  \"é\" + ]\n"
            "         ^");
}

TEST(Caret, IsLeftOutIfTheMessageNamesNoPlaceInTheQuery) {
  for (const char* message :
       {"query timed out", "unknown position: parse error: x", "3:1: x", "1:90: x", "0:1: x"}) {
    EXPECT_EQ(PointAt(message, "up"), message);
  }
}

}  // namespace
}  // namespace hakem::cli
