#include "collectors/game/query/seed.h"

#include <gmock/gmock.h>

#include "tests/support/matchers.h"

namespace hakem::collectors {
namespace {

using std::chrono::microseconds;
using std::chrono::seconds;

const PgTimestamp kHorizon{microseconds(1'795'383'820'950'774)};
constexpr WindowShape kShape{seconds(60), seconds(20)};

TEST(SeedSql, ReadsARangeThatEndsExactlyAtTheHorizon) {
  GameSchema schema{.name = "g"};
  schema.tables["game_moves"].source = R"("g"."game_moves")";
  EXPECT_EQ(
      SeedSql(schema, {"game_moves", "timestamp"}, kShape, kHorizon),
      R"(SELECT (1795383820950774 - (extract(epoch FROM "timestamp") * 1000000)::bigint - 1) / 20000000 AS slice,
       count(*) AS count, 0 AS microseconds, 0 AS unusable
FROM "g"."game_moves"
WHERE true AND "timestamp" >= timestamptz 'epoch' + 1795383760950774 * interval '1 microsecond' AND "timestamp" < timestamptz 'epoch' + 1795383820950774 * interval '1 microsecond'
GROUP BY 1)");
}

TEST(SeedIntervals, ContainAllSlicesOldestFirst) {
  const Rows rows({"slice", "count", "microseconds"}, {"0", "5", "70", "2", "1", "9"});
  EXPECT_THAT(SeedIntervals(rows, kShape, kHorizon),
              IsOkAndHolds(testing::ElementsAre(
                  Interval{kHorizon - seconds(60), kHorizon - seconds(40), 1, microseconds(9)},
                  Interval{kHorizon - seconds(40), kHorizon - seconds(20), 0, microseconds(0)},
                  Interval{kHorizon - seconds(20), kHorizon, 5, microseconds(70)})));
}

TEST(SeedIntervals, RejectASliceOutsideTheWindow) {
  const Rows rows({"slice", "count", "microseconds"}, {"3", "5", "70"});
  EXPECT_THAT(SeedIntervals(rows, kShape, kHorizon),
              HasMessage("the query for a window returned slice 3 of 3"));
}

}  // namespace
}  // namespace hakem::collectors
