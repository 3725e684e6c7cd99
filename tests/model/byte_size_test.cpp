#include "model/byte_size.h"

#include <gtest/gtest.h>

#include "tests/support/matchers.h"

namespace hakem {
namespace {

TEST(ByteSize, IsParsedWithItsUnit) {
  EXPECT_THAT(ParseByteSize("256MiB"), IsOkAndHolds(268'435'456U));
  EXPECT_THAT(ParseByteSize("1.5KB"), IsOkAndHolds(1500U));
  EXPECT_THAT(ParseByteSize("7"), IsOkAndHolds(7U));
  EXPECT_THAT(ParseByteSize("7B"), IsOkAndHolds(7U));
}

TEST(ByteSize, RejectsInvalidTexts) {
  for (const std::string_view text : {"", "x", "-1", "1 MiB", "5mb", "1e9", "99999999TiB", "nan"}) {
    EXPECT_THAT(ParseByteSize(text), HasCode(ErrorCode::kInvalidInput)) << text;
  }
}

TEST(ByteSize, IsFormattedAsTheShortestText) {
  EXPECT_EQ(FormatByteSize(268'435'456), "256MiB");
  EXPECT_EQ(FormatByteSize(2'000'000), "2MB");
  EXPECT_EQ(FormatByteSize(1025), "1025");
  EXPECT_EQ(FormatByteSize(0), "0");
}

}  // namespace
}  // namespace hakem
