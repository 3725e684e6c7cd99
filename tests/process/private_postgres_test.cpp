#include "process/private_postgres.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "tests/support/matchers.h"

namespace hakem::process {
namespace {

namespace fs = std::filesystem;

class FindPostgresBinariesTest : public testing::Test {
 protected:
  FindPostgresBinariesTest() {
    std::string made = testing::TempDir() + "hakem-binaries-XXXXXX";
    root_ = mkdtemp(made.data());
  }

  ~FindPostgresBinariesTest() override { fs::remove_all(root_); }

  void Install(const std::string& version) const {
    fs::create_directories(fs::path(root_) / version / "bin");
    const fs::path initdb = fs::path(root_) / version / "bin" / "initdb";
    std::ofstream(initdb) << "#!/bin/sh\n";
    fs::permissions(initdb, fs::perms::owner_all);
  }

  std::string root_;
};

TEST_F(FindPostgresBinariesTest, PrefersVersion15) {
  Install("13");
  Install("15");
  Install("17");
  EXPECT_THAT(FindPostgresBinaries(root_, ""), IsOkAndHolds(root_ + "/15/bin"));
}

TEST_F(FindPostgresBinariesTest, TakesTheHighestVersionWithout15) {
  Install("9.6");
  Install("13");
  Install("17");
  EXPECT_THAT(FindPostgresBinaries(root_, ""), IsOkAndHolds(root_ + "/17/bin"));
}

TEST_F(FindPostgresBinariesTest, FallsBackToThePath) {
  Install("13");
  EXPECT_THAT(FindPostgresBinaries("/nowhere", root_ + "/13/bin"), IsOkAndHolds(root_ + "/13/bin"));
}

TEST_F(FindPostgresBinariesTest, NamesThePackageWhenNothingIsInstalled) {
  const auto found = FindPostgresBinaries(root_, "");
  EXPECT_THAT(found, HasCode(ErrorCode::kNotFound));
  EXPECT_THAT(found, HasMessage("PostgreSQL is not installed: no initdb in " + root_ +
                                "/*/bin or PATH; install the package postgresql-15"));
}

}  // namespace
}  // namespace hakem::process
