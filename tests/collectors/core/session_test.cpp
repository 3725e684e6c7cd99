#include "collectors/core/session.h"

#include <cmath>
#include <limits>

#include "tests/support/matchers.h"

namespace hakem::collectors {
namespace {

TEST(Rows, FindsColumnsByName) {
  const Rows rows({"a", "b"}, {"1", "2"});
  EXPECT_THAT(rows.Column("b"), IsOkAndHolds(1U));
  EXPECT_THAT(rows.Column("c"), HasMessage("the query has no column \"c\""));
}

TEST(Rows, CountsRowsByColumns) {
  EXPECT_EQ(Rows().size(), 0U);
  EXPECT_EQ(Rows({"a", "b"}, {}).size(), 0U);
  EXPECT_EQ(Rows({"a", "b"}, {"1", "2", "3", "4"}).size(), 2U);
}

TEST(Rows, ReturnsTextAndNothingForNull) {
  const Rows rows({"a", "b"}, {"x", std::nullopt, "", "y"});
  EXPECT_EQ(rows.Text(0, 0), "x");
  EXPECT_EQ(rows.Text(0, 1), std::nullopt);
  EXPECT_EQ(rows.Text(1, 0), "");
  EXPECT_EQ(rows.Text(1, 1), "y");
}

TEST(Rows, ReadsNumbersInPostgresFormat) {
  const Rows rows({"a"}, {"42", "-0.5", "1e+20", "t", "f", "NaN", "Infinity", "", "1 kB", "12x"});
  EXPECT_EQ(rows.Number(0, 0), 42);
  EXPECT_EQ(rows.Number(1, 0), -0.5);
  EXPECT_EQ(rows.Number(2, 0), 1e20);
  EXPECT_EQ(rows.Number(3, 0), 1);
  EXPECT_EQ(rows.Number(4, 0), 0);
  EXPECT_TRUE(std::isnan(rows.Number(5, 0).value()));
  EXPECT_EQ(rows.Number(6, 0), std::numeric_limits<double>::infinity());
  EXPECT_EQ(rows.Number(7, 0), std::nullopt);
  EXPECT_EQ(rows.Number(8, 0), std::nullopt);
  EXPECT_EQ(rows.Number(9, 0), std::nullopt);
}

TEST(QuoteLiteral, DoublesQuotesAndKeepsBackslashes) {
  EXPECT_EQ(QuoteLiteral(R"(o'brien\)"), R"('o''brien\')");
}

TEST(QuoteIdentifier, DoublesQuotes) {
  EXPECT_EQ(QuoteIdentifier(R"(a"b)"), R"("a""b")");
}

}  // namespace
}  // namespace hakem::collectors
