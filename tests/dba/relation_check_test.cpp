#include "dba/relation_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/matchers.h"

namespace hakem::dba {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

TEST(RelationCheck, NamesTheFirstReasonOfEachRelation) {
  const collectors::Rows rows({"relation", "problem", "detail", "subject"},
                              {"game_history",
                               "cast",
                               "public.outcome",
                               "status",  //
                               "game_moves",
                               "child",
                               "f",
                               "public.\"elsewhere\r\"",  //
                               "game_sessions",
                               "kind",
                               "v",
                               std::nullopt,  //
                               "game_sessions",
                               "type",
                               "public.mood",
                               "status",  //
                               "players",
                               "type",
                               "public.pair",
                               "rating"});
  const auto refused = ReadRefusedRelations(rows);
  ASSERT_THAT(refused, IsOk());
  EXPECT_THAT(*refused,
              ElementsAre(Pair("game_history", HasSubstr("somebody wrote a cast")),
                          Pair("game_moves",
                               "public.\"elsewhere<U+000D>\" belongs to it and is a "
                               "foreign table, not a table"),
                          Pair("game_sessions", HasSubstr("it is a view")),
                          Pair("players", HasSubstr("column rating has the type public.pair"))));
}

TEST(RelationCheck, RejectsRowsOfAnotherQuery) {
  EXPECT_THAT(ReadRefusedRelations(collectors::Rows({"a"}, {})), HasCode(ErrorCode::kInternal));
}

TEST(RelationCheck, QueriesByTheGamesOwnNames) {
  collectors::GameSchema schema{.name = "che'ss"};
  schema.names.tables["game_sessions"] = {.table = "matches", .columns = {{"status", "state"}}};
  const std::string sql = RelationCheckSql(schema);
  EXPECT_THAT(sql, HasSubstr("('matches'::text, 'state'::text)"));
  EXPECT_THAT(sql, HasSubstr("n.nspname = 'che''ss'"));
}

}  // namespace
}  // namespace hakem::dba
