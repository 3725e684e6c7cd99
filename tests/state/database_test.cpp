#include "state/database.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <new>
#include <string>
#include <vector>

#include "tests/support/fake_clock.h"
#include "tests/support/matchers.h"
#include "tests/support/scratch_folder.h"

namespace hakem::state {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

constexpr std::array<std::string_view, 2> kMigrations{
    "CREATE TABLE note (id INTEGER PRIMARY KEY, text TEXT UNIQUE)",
    "ALTER TABLE note ADD COLUMN weight REAL; ALTER TABLE note ADD COLUMN bytes BLOB",
};

class DatabaseTest : public testing::Test {
 protected:
  Result<std::unique_ptr<Database>> Open(
      std::span<const std::string_view> migrations = kMigrations) const {
    return Database::Open({.path = path_, .migrations = migrations},
                          {.clock = clock_, .log = Log::Silent().For("state")});
  }

  static std::vector<std::string> Notes(Database& database) {
    std::vector<std::string> notes;
    EXPECT_THAT(database.Query("SELECT text FROM note ORDER BY id", {},
                               [&](const Row& row) { notes.emplace_back(row.Text(0)); }),
                IsOk());
    return notes;
  }

  static Result<void> Add(Database& database, std::string_view text) {
    return database.Run("INSERT INTO note (text) VALUES (?)", {text});
  }

  void Overwrite(std::streamoff at, const std::string& bytes) const {
    std::fstream file(path_, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(at);
    file << bytes;
  }

  std::string Content() const {
    std::ifstream file(path_, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  std::vector<std::string> Files() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder_.path())) {
      names.push_back(entry.path().filename());
    }
    std::sort(names.begin(), names.end());
    return names;
  }

  const ScratchFolder folder_;
  const std::string path_ = folder_ / "a.db";
  const FakeClock clock_{};
};

TEST_F(DatabaseTest, KeepsWhatWasWritten) {
  {
    const auto database = Open();
    ASSERT_THAT(database, IsOk());
    ASSERT_THAT(Add(**database, "one"), IsOk());
  }
  const auto database = Open();
  ASSERT_THAT(database, IsOk());
  EXPECT_THAT(Notes(**database), ElementsAre("one"));
}

TEST_F(DatabaseTest, ReadsBackEachType) {
  const auto database = Open();
  ASSERT_THAT(database, IsOk());
  const std::string bytes("\0\xff", 2);
  ASSERT_THAT((*database)->Run("INSERT INTO note VALUES (?, ?, ?, ?)",
                               {std::int64_t{1} << 40, std::string_view(), 0.5, Blob{bytes}}),
              IsOk());
  ASSERT_THAT((*database)->Run("INSERT INTO note VALUES (1, ?, ?, ?)", {nullptr, nullptr, Blob{}}),
              IsOk());
  int rows = 0;
  ASSERT_THAT((*database)->Query("SELECT * FROM note ORDER BY id DESC", {},
                                 [&](const Row& row) {
                                   const bool first = rows++ == 0;
                                   EXPECT_EQ(row.Integer(0), first ? std::int64_t{1} << 40 : 1);
                                   EXPECT_EQ(row.IsNull(1), !first);
                                   EXPECT_EQ(row.Real(2), first ? 0.5 : 0);
                                   EXPECT_EQ(row.Text(3), first ? bytes : "");
                                   EXPECT_FALSE(row.IsNull(3));
                                 }),
              IsOk());
  EXPECT_EQ(rows, 2);
}

TEST_F(DatabaseTest, RunsOnlyTheMigrationsThatAFileLacks) {
  {
    const auto old = Open(std::span(kMigrations).first(1));
    ASSERT_THAT(old, IsOk());
    ASSERT_THAT(Add(**old, "one"), IsOk());
  }
  const auto database = Open();
  ASSERT_THAT(database, IsOk());
  EXPECT_THAT((*database)->Run("UPDATE note SET weight = 1"), IsOk());
  EXPECT_THAT(Notes(**database), ElementsAre("one"));
}

TEST_F(DatabaseTest, DoesNotChangeAFileOfANewerHakem) {
  ASSERT_THAT(Open(), IsOk());
  EXPECT_THAT(Open(std::span(kMigrations).first(1)),
              HasMessage(HasSubstr("has version 2, and this Hakem knows up to 1")));
  EXPECT_THAT(Files(), ElementsAre("a.db"));
}

TEST_F(DatabaseTest, RollsBackAMigrationThatFails) {
  constexpr std::array<std::string_view, 1> kBad{"CREATE TABLE note (id INTEGER); CREATE TABLE"};
  EXPECT_THAT(Open(kBad), HasMessage(HasSubstr("syntax error")));
  EXPECT_THAT(Open(), IsOk());
}

TEST_F(DatabaseTest, MovesAsideAFileThatIsNotADatabase) {
  std::ofstream(path_) << std::string(5000, 'x');
  const auto database = Open();
  ASSERT_THAT(database, IsOk());
  EXPECT_THAT(Notes(**database), ElementsAre());
  EXPECT_THAT(Files(),
              ElementsAre("a.db", "a.db-shm", "a.db-wal", "a.db.damaged-2026-01-01T00:00:00Z"));
}

TEST_F(DatabaseTest, MovesAsideAFileThatFailsTheIntegrityCheck) {
  {
    const auto database = Open();
    ASSERT_THAT(database, IsOk());
    ASSERT_THAT(Add(**database, std::string(20'000, 'x')), IsOk());
  }
  Overwrite(4096, std::string(4096, '\x7f'));  // The page after the schema: the table's root.
  const auto database = Open();
  ASSERT_THAT(database, IsOk());
  EXPECT_THAT(Notes(**database), ElementsAre());
  EXPECT_THAT(Files(), testing::Contains(StartsWith("a.db.damaged-")));
}

TEST_F(DatabaseTest, RollsBackATransactionWhoseBodyFails) {
  const auto database = Open();
  ASSERT_THAT(database, IsOk());
  EXPECT_THAT((*database)->InTransaction([](Database::Transaction& transaction) -> Result<void> {
    EXPECT_THAT(transaction.Run("INSERT INTO note (text) VALUES ('half')"), IsOk());
    return Fail(ErrorCode::kRefused, "changed my mind");
  }),
              HasMessage("changed my mind"));
  EXPECT_THAT(Notes(**database), ElementsAre());
  EXPECT_THAT((*database)->InTransaction([](Database::Transaction& transaction) {
    return transaction.Run("INSERT INTO note (text) VALUES ('whole')");
  }),
              IsOk());
  EXPECT_THAT(Notes(**database), ElementsAre("whole"));
}

TEST_F(DatabaseTest, RollsBackATransactionWhoseBodyThrows) {
  const auto database = Open();
  ASSERT_THAT(database, IsOk());
  EXPECT_THROW(
      static_cast<void>(
          (*database)->InTransaction([](Database::Transaction& transaction) -> Result<void> {
            EXPECT_THAT(transaction.Run("INSERT INTO note (text) VALUES ('half')"), IsOk());
            throw std::bad_alloc();
          })),
      std::bad_alloc);
  EXPECT_THAT(Notes(**database), ElementsAre());
  EXPECT_THAT((*database)->InTransaction([](Database::Transaction& transaction) {
    return transaction.Run("INSERT INTO note (text) VALUES ('whole')");
  }),
              IsOk());
  EXPECT_THAT(Notes(**database), ElementsAre("whole"));
}

TEST_F(DatabaseTest, ReportsWhetherALaterTryMaySucceed) {
  const auto database = Open();
  ASSERT_THAT(database, IsOk());
  ASSERT_THAT(Add(**database, "one"), IsOk());
  EXPECT_THAT(Add(**database, "one"), HasCode(ErrorCode::kInvalidInput));
  EXPECT_THAT((*database)->Run("INSERT INTO nothing VALUES (1)"), HasCode(ErrorCode::kInternal));
  // The limit stands in for a full disk: SQLite answers with the same error.
  ASSERT_THAT((*database)->Run("PRAGMA max_page_count = 4"), IsOk());
  EXPECT_THAT(Add(**database, std::string(100'000, 'x')), HasCode(ErrorCode::kUnavailable));
  ASSERT_THAT((*database)->Run("PRAGMA max_page_count = 4000"), IsOk());
  EXPECT_THAT(Add(**database, std::string(100'000, 'x')), IsOk());
}

TEST_F(DatabaseTest, IsInMemoryWithoutAPath) {
  const auto database = Database::Open({.path = "", .migrations = kMigrations},
                                       {.clock = clock_, .log = Log::Silent().For("state")});
  ASSERT_THAT(database, IsOk());
  ASSERT_THAT(Add(**database, "one"), IsOk());
  EXPECT_THAT(Notes(**database), ElementsAre("one"));
  EXPECT_THAT(Files(), ElementsAre());
}

TEST_F(DatabaseTest, CanBeReadWhileAnotherWrites) {
  const auto writer = Open();
  ASSERT_THAT(writer, IsOk());
  ASSERT_THAT(Add(**writer, "one"), IsOk());
  const auto reader = Database::Open({.path = path_, .migrations = kMigrations, .read_only = true},
                                     {.clock = clock_, .log = Log::Silent().For("state")});
  ASSERT_THAT(reader, IsOk());
  EXPECT_THAT(Notes(**reader), ElementsAre("one"));
  EXPECT_THAT(Add(**reader, "two"), HasCode(ErrorCode::kUnavailable));
  ASSERT_THAT(Add(**writer, "three"), IsOk());
  EXPECT_THAT(Notes(**reader), ElementsAre("one", "three"));
}

TEST_F(DatabaseTest, IsNeitherCreatedNorChangedByAReader) {
  const auto read = [this](std::span<const std::string_view> migrations) {
    return Database::Open({.path = path_, .migrations = migrations, .read_only = true},
                          {.clock = clock_, .log = Log::Silent().For("state")});
  };
  EXPECT_THAT(read(kMigrations), HasCode(ErrorCode::kUnavailable));
  EXPECT_THAT(Files(), ElementsAre());
  ASSERT_THAT(Open(std::span(kMigrations).first(1)), IsOk());
  EXPECT_THAT(read(kMigrations), HasMessage(HasSubstr("has version 1, and this Hakem needs 2")));
  Overwrite(0, "no database at all");
  const std::string damaged = Content();
  EXPECT_FALSE(read(kMigrations));
  EXPECT_EQ(Content(), damaged);
  EXPECT_THAT(Files(), testing::Not(testing::Contains(StartsWith("a.db.damaged-"))));
}

}  // namespace
}  // namespace hakem::state
