#include <gmock/gmock.h>
#include <unistd.h>

#include <string>

#include "tests/support/collection/collector_run.h"
#include "tests/support/matchers.h"

namespace hakem::collectors {
namespace {

using testing::IsEmpty;

Rows Server(const std::string& pid, const std::string& directory) {
  return Rows({"pid", "directory"}, {pid, directory});
}

// The integration test has a real server on this machine.
TEST(DataDiskCollector, ReportsNothingUnlessTheServerRunsOnThisMachine) {
  CollectorRun run("data_disk");
  run.session.Answer("data_directory", Server(std::to_string(getpid()), "/"));
  EXPECT_THAT(run.Lines(), IsOkAndHolds(IsEmpty())) << "a process, but not PostgreSQL's";
  run.session.Answer("data_directory", Server("0", "/"));
  EXPECT_THAT(run.Lines(), IsOkAndHolds(IsEmpty())) << "no process";
  run.session.Answer("data_directory", Rows({"pid", "directory"}, {}));
  EXPECT_THAT(run.Lines(), IsOkAndHolds(IsEmpty())) << "the role may not see the directory";
}

}  // namespace
}  // namespace hakem::collectors
