#include <gmock/gmock.h>

#include "tests/support/collection/collector_run.h"
#include "tests/support/matchers.h"

namespace hakem::collectors {
namespace {

using testing::ElementsAre;

TEST(SequencesCollector, ReportsTheShareOfEachSequence) {
  CollectorRun run("sequences");
  run.session.Answer("pg_sequence", Rows({"datname", "schemaname", "sequencename", "used"},
                                         {"hokm", "public", "a", "0.25", "hokm", "x", "b", "1"}));
  EXPECT_THAT(
      run.Lines(),
      IsOkAndHolds(ElementsAre(
          R"(pg_sequence_used_ratio{datname="hokm",schemaname="public",sequencename="a"} 0.25)",
          R"(pg_sequence_used_ratio{datname="hokm",schemaname="x",sequencename="b"} 1)")));
}

}  // namespace
}  // namespace hakem::collectors
