#include "format/number.h"

#include <gtest/gtest.h>

#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <string_view>
#include <utility>

namespace hakem {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// Each was seen in an annotation that promtool 2.42 expanded.
constexpr std::pair<double, std::string_view> kPrintedByGo[] = {
    {0, "0"},
    {-0.0, "-0"},
    {1, "1"},
    {-1.5, "-1.5"},
    {0.05, "0.05"},
    {0.0001, "0.0001"},
    {0.000123, "0.000123"},
    {0.00001, "1e-05"},
    {7200, "7200"},
    {123456.75, "123456.75"},
    {999999, "999999"},
    {1e6, "1e+06"},
    {1234567, "1.234567e+06"},
    {123456789, "1.23456789e+08"},
    {1e21, "1e+21"},
    {5e-324, "5e-324"},
    {std::numeric_limits<double>::max(), "1.7976931348623157e+308"},
    {kInfinity, "+Inf"},
    {-kInfinity, "-Inf"},
    {std::numeric_limits<double>::quiet_NaN(), "NaN"},
};

TEST(FormatNumber, PrintsAsGoDoes) {
  for (const auto& [number, text] : kPrintedByGo) {
    EXPECT_EQ(FormatNumber(number, NumberForm::kGeneral), text);
  }
}

/// The numbers at which a form begins to write an exponent.
struct Row {
  NumberForm form;
  double largest_with_exponent_below_one;
  double smallest_plain;
  double largest_plain;
  double smallest_with_exponent_above_one;
};

constexpr Row kRows[] = {
    {NumberForm::kGeneral, 9.9e-5, 1e-4, 999999.5, 1e6},
    {NumberForm::kExposition, 9.9e-5, 1e-4, 9999999999999998.0, 1e16},
    {NumberForm::kJson, 9.9e-7, 1e-6, 9.999999999999999e20, 1e21},
    {NumberForm::kFraction, 9.9e-5, 1e-4, 999999999999999.9, 1e15},
};

bool HasExponent(double value, NumberForm form) {
  return FormatNumber(value, form).find('e') != std::string::npos;
}

TEST(FormatNumber, WritesAnExponentOnlyBeyondTheBoundsOfItsForm) {
  for (const Row& row : kRows) {
    for (const double sign : {1.0, -1.0}) {
      EXPECT_TRUE(HasExponent(sign * row.largest_with_exponent_below_one, row.form));
      EXPECT_FALSE(HasExponent(sign * row.smallest_plain, row.form));
      EXPECT_FALSE(HasExponent(sign * row.largest_plain, row.form));
      EXPECT_TRUE(HasExponent(sign * row.smallest_with_exponent_above_one, row.form));
    }
    EXPECT_FALSE(HasExponent(0, row.form));
  }
}

TEST(FormatNumber, NeverWritesAnExponentInTheDecimalForm) {
  const auto decimal = [](double value) { return FormatNumber(value, NumberForm::kDecimal); };
  EXPECT_EQ(decimal(1e-7), "0.0000001");
  EXPECT_EQ(decimal(-1.5e21), "-1500000000000000000000");
  EXPECT_EQ(decimal(9007199254740993.0), "9007199254740992");
  EXPECT_EQ(decimal(5e-324), "0." + std::string(323, '0') + "5");
  EXPECT_EQ(decimal(1e308), "1" + std::string(308, '0'));
  EXPECT_EQ(decimal(-0.0), "-0");
  EXPECT_EQ(decimal(kInfinity), "+Inf");
}

TEST(FormatNumber, AlwaysWritesAnExponentInTheScientificForm) {
  const auto scientific = [](double value) { return FormatNumber(value, NumberForm::kScientific); };
  EXPECT_EQ(scientific(0), "0e+00");
  EXPECT_EQ(scientific(1), "1e+00");
  EXPECT_EQ(scientific(-250), "-2.5e+02");
  EXPECT_EQ(scientific(0.001), "1e-03");
  EXPECT_EQ(scientific(std::nan("")), "NaN");
}

TEST(FormatNumber, WritesSixDecimalsAsGoDoes) {
  const auto fixed = [](double value) { return FormatNumber(value, NumberForm::kSixDecimals); };
  EXPECT_EQ(fixed(0.5), "0.500000");
  EXPECT_EQ(fixed(-1.00000049), "-1.000000");
  EXPECT_EQ(fixed(1e21), "1000000000000000000000.000000");
  EXPECT_EQ(fixed(-kInfinity), "-Inf");
  EXPECT_EQ(fixed(std::nan("")), "NaN");
}

// nlohmann::json does not find the fewest digits of every number, such as 942.96481.
TEST(FormatNumber, WritesFractionsLikeNlohmannJson) {
  const auto expect_equal = [](double value) {
    EXPECT_EQ(FormatNumber(value, NumberForm::kFraction), nlohmann::json(value).dump());
  };
  for (const double value : {0.0, -0.0, 1.0, -15.0, 0.5, 1e-4, 9.9e-5, 1e12, 1e14, 1e15, 1e300}) {
    expect_equal(value);
  }
  for (int i = -20'000; i < 20'000; ++i) {
    expect_equal(i / 4.0);
  }
}

TEST(FormatNumber, ReadsBackAsTheSameNumberInEveryForm) {
  std::mt19937_64 random(7);
  for (int i = 0; i < 20'000; ++i) {
    const double value =
        i % 2 == 0
            ? std::bit_cast<double>(random())
            : static_cast<double>(static_cast<std::int64_t>(random() % 2'000'000) - 1'000'000) /
                  std::pow(10, i % 7);
    if (!std::isfinite(value)) {
      continue;
    }
    for (const NumberForm form :
         {NumberForm::kDecimal, NumberForm::kGeneral, NumberForm::kExposition, NumberForm::kJson,
          NumberForm::kScientific, NumberForm::kFraction}) {
      const std::string text = FormatNumber(value, form);
      double read = 0;
      std::from_chars(text.data(), text.data() + text.size(), read);
      ASSERT_EQ(read, value) << text;
    }
  }
}

TEST(AppendNumber, AppendsBehindTheText) {
  std::string text = "value ";
  AppendNumber(text, 0.25, NumberForm::kJson);
  EXPECT_EQ(text, "value 0.25");
}

}  // namespace
}  // namespace hakem
