#include "state/state.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>

#include "tests/support/fake_clock.h"
#include "tests/support/matchers.h"
#include "tests/support/scratch_folder.h"

namespace hakem::state {
namespace {

using testing::HasSubstr;

class StateTest : public testing::Test {
 protected:
  Result<State> Open(const std::string& directory) const {
    return State::Open(directory, {.clock = clock_, .log = Log::Silent()});
  }

  const ScratchFolder folder_;
  const FakeClock clock_{};
};

TEST_F(StateTest, CreatesItsDirectoryForItsOwnerAlone) {
  const std::string directory = folder_ / "var/hakem";
  const Result<State> state = Open(directory);
  ASSERT_THAT(state, IsOk());
  EXPECT_NE(state->history(), nullptr);
  EXPECT_EQ(std::filesystem::status(directory).permissions(), std::filesystem::perms::owner_all);
}

TEST_F(StateTest, KeepsItsFilesPrivateInAnExistingDirectory) {
  using std::filesystem::perms;
  std::filesystem::permissions(folder_.path(), perms(0755));
  for (const char* name : {"history.db", "hakem.db.damaged-2026-01-01T00:00:00Z"}) {
    const std::ofstream file(folder_ / name);  // As an earlier version left it.
  }
  const Result<State> state = Open(folder_.path());
  ASSERT_THAT(state, IsOk());
  ASSERT_THAT(state->main().Run("CREATE TABLE t (x)"), IsOk());
  ASSERT_THAT(state->history()->Run("CREATE TABLE t (x)"), IsOk());
  std::set<std::string> seen;
  for (const auto& entry : std::filesystem::directory_iterator(folder_.path())) {
    EXPECT_EQ(entry.status().permissions(), perms::owner_read | perms::owner_write) << entry.path();
    seen.insert(entry.path().filename());
  }
  EXPECT_THAT(seen, testing::IsSupersetOf({"hakem.db", "hakem.db-wal", "hakem.db-shm", "history.db",
                                           "history.db-wal", "hakem.lock"}));
  EXPECT_EQ(std::filesystem::status(folder_.path()).permissions(), perms(0755))
      << "it may be anybody's";
}

TEST_F(StateTest, RejectsPathsThatAreNotFiles) {
  std::filesystem::create_directory(folder_ / "history.db");
  EXPECT_THAT(Open(folder_.path()),
              HasMessage("database " + (folder_ / "history.db") + ": Is a directory"));
  std::filesystem::create_directories(folder_ / "other/hakem.lock");
  EXPECT_THAT(Open(folder_ / "other"),
              HasMessage("cannot lock " + (folder_ / "other/hakem.lock") + ": Is a directory"));
}

TEST_F(StateTest, IsUsedByOnlyOneHakemAtATime) {
  {
    const Result<State> first = Open(folder_.path());
    ASSERT_THAT(first, IsOk());
    EXPECT_THAT(Open(folder_.path()),
                HasMessage("state directory " + folder_.path() + " is in use by another Hakem"));
  }
  EXPECT_THAT(Open(folder_.path()), IsOk());
}

TEST_F(StateTest, UsesTheDefaultDirectoryOrElseMemory) {
  const State::Deps deps{.clock = clock_, .log = Log::Silent()};
  const Result<State> on_disk = State::Open("", deps, folder_ / "default");
  ASSERT_THAT(on_disk, IsOk());
  EXPECT_NE(on_disk->history(), nullptr);
  const Result<State> in_memory = State::Open("", deps, "/proc/hakem");
  ASSERT_THAT(in_memory, IsOk());
  EXPECT_EQ(in_memory->history(), nullptr);
  EXPECT_THAT(in_memory->main().Run("CREATE TABLE t (x)"), IsOk());
}

TEST_F(StateTest, NamesADirectoryThatCannotBeCreated) {
  std::ofstream(folder_ / "file") << "";
  EXPECT_THAT(Open(folder_ / "file/state"),
              HasMessage("cannot create state directory " + (folder_ / "file/state") +
                         ": Not a directory"));
}

TEST_F(StateTest, NamesADirectoryThatCannotBeWritten) {
  EXPECT_THAT(Open("/proc"), HasMessage(HasSubstr("cannot write to state directory /proc: ")));
}

}  // namespace
}  // namespace hakem::state
