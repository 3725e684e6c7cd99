// PrivatePostgres with a real PostgreSQL.
#include "process/private_postgres.h"

#include <fmt/format.h>

#include <filesystem>
#include <pqxx/pqxx>

#include "tests/support/matchers.h"

namespace hakem::process {
namespace {

std::string Ask(const std::string& dsn, const std::string& sql) {
  pqxx::connection connection(dsn);
  pqxx::nontransaction work(connection);
  return work.exec(sql)[0][0].c_str();
}

TEST(PrivatePostgres, TakesSettingsAndKeepsDataOverACrash) {
  const auto made = PrivatePostgres::Make({.settings = {"max_connections = 17"}});
  ASSERT_THAT(made, IsOk());
  PrivatePostgres& server = **made;
  EXPECT_EQ(Ask(server.Dsn(), "SHOW max_connections"), "17");
  Ask(server.Dsn(), "CREATE TABLE kept AS SELECT 42 AS n; SELECT 1");

  server.Stop(PrivatePostgres::StopMode::kImmediate);
  EXPECT_THROW(Ask(server.Dsn(), "SELECT 1"), pqxx::broken_connection);
  ASSERT_THAT(server.Start(), IsOk());
  EXPECT_EQ(Ask(server.Dsn(), "SELECT n FROM kept"), "42");
}

TEST(PrivatePostgres, AsksForThePassword) {
  const auto made = PrivatePostgres::Make({.password = Secret("it's \\ 1")});
  ASSERT_THAT(made, IsOk());
  EXPECT_THROW(Ask((*made)->Dsn() + " password=wrong", "SELECT 1"), pqxx::broken_connection);
  EXPECT_EQ(Ask((*made)->Dsn() + R"( password='it\'s \\ 1')", "SELECT 1"), "1");
}

// A superuser of the server can run programs as the user of the server, by COPY … FROM PROGRAM.
TEST(PrivatePostgres, LetsNobodyElseInByItsSocket) {
  const auto made = PrivatePostgres::Make({.transport = Transport::kUnixSocket});
  ASSERT_THAT(made, IsOk());
  const PrivatePostgres& server = **made;
  EXPECT_EQ(Ask(server.Dsn(), "SHOW listen_addresses"), "");
  const auto folder = std::filesystem::status(server.folder()).permissions();
  EXPECT_EQ(folder, std::filesystem::perms::owner_all) << "others could reach the socket";
  EXPECT_THROW(Ask(fmt::format("host=127.0.0.1 port={} user=postgres", server.port()), "SELECT 1"),
               pqxx::broken_connection);
}

TEST(PrivatePostgres, StartsWithACopy) {
  const auto original = PrivatePostgres::Make();
  ASSERT_THAT(original, IsOk());
  Ask((*original)->Dsn(), "CREATE TABLE kept AS SELECT 42 AS n; SELECT 1");
  (*original)->Stop();

  const auto copy = PrivatePostgres::Make({.copy_of = (*original)->DataFolder()});
  ASSERT_THAT(copy, IsOk());
  EXPECT_EQ(Ask((*copy)->Dsn(), "SELECT n FROM kept"), "42");
  Ask((*copy)->Dsn(), "DROP TABLE kept; SELECT 1");
  ASSERT_THAT((*original)->Start(), IsOk());
  EXPECT_EQ(Ask((*original)->Dsn(), "SELECT n FROM kept"), "42");
}

TEST(PrivatePostgres, LeavesNothingBehind) {
  auto made = PrivatePostgres::Make();
  ASSERT_THAT(made, IsOk());
  const std::string folder = (*made)->folder();
  const std::string dsn = (*made)->Dsn();
  made->reset();
  EXPECT_FALSE(std::filesystem::exists(folder));
  EXPECT_THROW(Ask(dsn, "SELECT 1"), pqxx::broken_connection);
}

TEST(PrivatePostgres, ReportsAnInvalidSetting) {
  const auto made = PrivatePostgres::Make({.settings = {"max_connections = many"}});
  EXPECT_THAT(made, HasCode(ErrorCode::kRefused));
  EXPECT_THAT(made, HasMessage(testing::HasSubstr("ended with status 1: ")));
}

TEST(PrivatePostgres, NamesAFolderThatCannotBeCreated) {
  setenv("TMPDIR", "/no/such/folder", 1);
  const auto made = PrivatePostgres::Make();
  unsetenv("TMPDIR");
  EXPECT_THAT(made,
              HasMessage("cannot make a folder in /no/such/folder: No such file or directory; "
                         "set TMPDIR to a folder that can be written to"));
}

}  // namespace
}  // namespace hakem::process
