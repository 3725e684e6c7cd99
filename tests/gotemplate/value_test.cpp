#include "gotemplate/value.h"

#include <gtest/gtest.h>

#include <limits>
#include <string_view>
#include <utility>

namespace hakem::gotemplate {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// Each was seen in an annotation that promtool 2.42 expanded.
constexpr std::pair<double, std::string_view> kPrinted[] = {
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
  for (const auto& [number, text] : kPrinted) {
    EXPECT_EQ(FormatNumber(number), text);
  }
}

}  // namespace
}  // namespace hakem::gotemplate
