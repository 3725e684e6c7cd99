#include "format/json.h"

#include <gtest/gtest.h>

#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <random>
#include <string>
#include <string_view>

namespace hakem {
namespace {

std::string Value(double value) {
  std::string json;
  AppendSampleValue(json, value);
  return json;
}

std::string String(std::string_view text) {
  std::string json;
  AppendJsonString(json, text);
  return json;
}

TEST(SampleValue, IsTheShortestTextThatReadsBack) {
  EXPECT_EQ(Value(0), R"("0")");
  EXPECT_EQ(Value(-0.0), R"("-0")");
  EXPECT_EQ(Value(0.1), R"("0.1")");
  EXPECT_EQ(Value(1.0 / 3), R"("0.3333333333333333")");
  EXPECT_EQ(Value(-12345.678), R"("-12345.678")");
  EXPECT_EQ(Value(9007199254740993.0), R"("9007199254740992")");
  EXPECT_EQ(Value(123456789012345680000.0), R"("123456789012345680000")");
  EXPECT_EQ(Value(-1e20), R"("-100000000000000000000")");
}

TEST(SampleValue, IsAsShortAsToCharsForDecimalsOfAnyLength) {
  std::mt19937 random(1);
  std::uniform_real_distribution<double> magnitude(0, 15);
  for (int i = 0; i < 20'000; ++i) {
    const double value =
        std::floor(std::pow(10, magnitude(random))) / std::pow(10, static_cast<double>(i % 8));
    for (const double near : {value, std::nextafter(value, 0), std::nextafter(value, 1e300)}) {
      if (near >= 1e-6) {
        std::array<char, 32> digits{};
        const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), near,
                                       std::chars_format::fixed);
        ASSERT_EQ(Value(near), '"' + std::string(digits.data(), end.ptr) + '"');
      }
    }
  }
}

TEST(SampleValue, HasAnExponentWhenVerySmallOrLarge) {
  EXPECT_EQ(Value(1e-6), R"("0.000001")");
  EXPECT_EQ(Value(9.9e-7), R"("9.9e-07")");
  EXPECT_EQ(Value(1e21), R"("1e+21")");
  EXPECT_EQ(Value(-1.7976931348623157e308), R"("-1.7976931348623157e+308")");
  EXPECT_EQ(Value(1e-320), R"("1e-320")");
}

TEST(SampleValue, WritesNanAndInfinitiesByName) {
  EXPECT_EQ(Value(std::nan("")), R"("NaN")");
  EXPECT_EQ(Value(std::numeric_limits<double>::infinity()), R"("+Inf")");
  EXPECT_EQ(Value(-std::numeric_limits<double>::infinity()), R"("-Inf")");
}

TEST(JsonString, EscapesControlCharactersAndReplacesInvalidUtf8) {
  EXPECT_EQ(String("a\"b\\c\n\r\t\x01/<é"), R"("a\"b\\c\n\r\t\u0001/<é")");
  EXPECT_EQ(String("a\xff"
                   "b"),
            "\"a\uFFFDb\"");
}

}  // namespace
}  // namespace hakem
