#include "collectors/core/big_scans.h"

#include "tests/support/collection/fake_session.h"
#include "tests/support/matchers.h"

namespace hakem::collectors {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Rows Plan(std::vector<Rows::Cell> lines) {
  return Rows({"QUERY PLAN"}, std::move(lines));
}

TEST(BigScans, FindsTheRelationsThatAPlanReadsSequentially) {
  EXPECT_THAT(ScannedRelations(Plan(
                  {"Append", "  ->  Seq Scan on g.games games_1", "        Output: games_1.id",
                   "  ->  Index Scan using i on g.moves",
                   "  ->  Parallel Seq Scan on \"a b\".\"c d\"", "  ->  Seq Scan on g.games"})),
              ElementsAre("g.games", "\"a b\".\"c d\""));
}

TEST(BigScans, ReadsNoSizesIfAPlanHasNoSequentialScan) {
  FakeSession session;
  session.Answer("PREPARE", Rows());
  session.Answer("EXPLAIN", Plan({"Index Scan using i on g.moves"}));
  session.Answer("DEALLOCATE", Rows());
  EXPECT_THAT(FindBigScans(session, "", "SELECT 1", ""), IsOkAndHolds(IsEmpty()));
}

TEST(BigScans, ReturnsOnlyBigTables) {
  FakeSession session;
  session.Answer("PREPARE", Rows());
  session.Answer("EXPLAIN", Plan({"Seq Scan on g.moves", "Seq Scan on g.small"}));
  session.Answer("DEALLOCATE", Rows());
  session.Answer("pg_relation_size", Rows({"schema", "table", "bytes"},
                                          {"g", "moves", "8388609", "g", "small", "8388608"}));
  EXPECT_THAT(FindBigScans(session, "(bigint)", "SELECT $1", "1"),
              IsOkAndHolds(ElementsAre(BigScan{"g", "moves", 8388609})));
}

TEST(BigScans, DropsItsPreparedStatementIfPlanningFails) {
  FakeSession session;
  session.Answer("PREPARE", Rows());
  session.Answer("EXPLAIN", Fail(ErrorCode::kTimeout, "too long"));
  session.Answer("DEALLOCATE", Rows());
  EXPECT_THAT(FindBigScans(session, "", "SELECT 1", ""), HasMessage("too long"));
  EXPECT_EQ(session.queries.back(), "DEALLOCATE hakem_big_scans");
}

}  // namespace
}  // namespace hakem::collectors
