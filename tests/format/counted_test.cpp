#include "format/counted.h"

#include <gtest/gtest.h>

namespace hakem {
namespace {

TEST(Counted, HasOneThingWithoutAnS) {
  EXPECT_EQ(Counted(0, "alert"), "0 alerts");
  EXPECT_EQ(Counted(1, "alert"), "1 alert");
  EXPECT_EQ(Counted(2, "alert"), "2 alerts");
}

}  // namespace
}  // namespace hakem
