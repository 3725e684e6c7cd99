#include "web/api_v1/series/escaped_name.h"

#include <gtest/gtest.h>

namespace hakem::web {
namespace {

TEST(EscapedName, DecodesToAnyCharacters) {
  EXPECT_EQ(UnescapeName("U__my_2e_metric"), "my.metric");
  EXPECT_EQ(UnescapeName("U__a__b"), "a_b");
  EXPECT_EQ(UnescapeName("U___1f0cf_"), "\xf0\x9f\x83\x8f");
  EXPECT_EQ(UnescapeName("U__"), "");
}

TEST(EscapedName, KeepsTextsThatAreNotEscaped) {
  for (const char* name :
       {"job", "U_job", "U__a_zz_", "U__a_2e", "U__a_110000_", "U__a_0000006f_"}) {
    EXPECT_EQ(UnescapeName(name), name);
  }
}

}  // namespace
}  // namespace hakem::web
