#include "model/finally.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace hakem {
namespace {

TEST(Finally, CallsItsFunctionAtTheEndOfTheScope) {
  int calls = 0;
  {
    const Finally count([&] { ++calls; });
    EXPECT_EQ(calls, 0);
  }
  EXPECT_EQ(calls, 1);
}

TEST(Finally, CallsItsFunctionWhenAnExceptionLeavesTheScope) {
  int calls = 0;
  const auto fail = [&] {
    const Finally count([&] { ++calls; });
    throw std::runtime_error("failed");
  };
  EXPECT_THROW(fail(), std::runtime_error);
  EXPECT_EQ(calls, 1);
}

}  // namespace
}  // namespace hakem
