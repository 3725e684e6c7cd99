#include "rules/evaluation/generator_url.h"

#include <gtest/gtest.h>

namespace hakem::rules {
namespace {

TEST(GeneratorUrl, EscapesTheQuery) {
  EXPECT_EQ(GeneratorUrl("http://hakem:9187", "up{job=\"a b\"} > 1 + ü"),
            "http://hakem:9187/graph?g0.expr=up%7Bjob%3D%22a+b%22%7D+%3E+1+%2B+%C3%BC&g0.tab=1");
}

}  // namespace
}  // namespace hakem::rules
