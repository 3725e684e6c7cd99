// How a session connects to a real PostgreSQL: several hosts, required attributes, options of user
// and role, and servers behind a pooler.
#include <fmt/format.h>

#include <cstdlib>

#include "tests/support/collection/session_fixture.h"
#include "tests/support/http/tcp_proxy.h"

namespace hakem::exporter {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;

/// Removes the parameter `options` from the startup message, as some poolers do.
std::string WithoutOptions(std::string message) {
  const std::string key("\0options\0", 9);
  const std::size_t at = message.find(key);
  if (at == std::string::npos) {
    return message;
  }
  const std::size_t end = message.find('\0', at + key.size());
  message.erase(at + 1, end - at);
  message[3] = static_cast<char>(message.size());
  message[2] = static_cast<char>(message.size() >> 8U);
  return message;
}

class SessionConnectTest : public SessionTest {
 protected:
  static config::Conninfo ServerConninfo() {
    return ConninfoFor("hakem", kPassword, server_->port());
  }

  static ConnectResult Connect(const config::Conninfo& conninfo, const SessionLimits& limits = {}) {
    static std::vector<std::unique_ptr<PostgresSessionFactory>> factories;
    factories.push_back(std::make_unique<PostgresSessionFactory>(conninfo, "", SystemClock()));
    return factories.back()->Connect(limits, {});
  }

  /// Returns two hosts, of which the first accepts connections and never answers.
  static config::Conninfo BehindASilentHost(const TcpProxy& silent) {
    config::Conninfo conninfo = ServerConninfo();
    conninfo.Set("host", "127.0.0.1,127.0.0.1");
    conninfo.Set("port", fmt::format("{},{}", silent.port(), server_->port()));
    return conninfo;
  }
};

TEST_F(SessionConnectTest, TriesTheNextHostIfOneDoesNotAnswer) {
  TcpProxy silent(server_->port());
  silent.StopForwarding();
  const auto session = Connect(BehindASilentHost(silent), {.connect = seconds(1)});
  ASSERT_TRUE(session.has_value()) << session.error().error.message;
  EXPECT_THAT(Ask(**session, "SELECT 1"), IsOkAndHolds("1"));
}

TEST_F(SessionConnectTest, NamesEveryHostThatWasTried) {
  TcpProxy silent(server_->port());
  silent.StopForwarding();
  config::Conninfo conninfo = BehindASilentHost(silent);
  conninfo.Set("port", fmt::format("1,{}", silent.port()));
  const auto session = Connect(conninfo, {.connect = milliseconds(300)});
  ASSERT_FALSE(session.has_value());
  EXPECT_EQ(session.error().reason, DownReason::kTimeout);
  EXPECT_THAT(session.error().error.message,
              AllOf(HasSubstr("port 1 failed: Connection refused; "),
                    HasSubstr(fmt::format("port {} failed: no answer within", silent.port()))));
}

TEST_F(SessionConnectTest, TriesNoOtherHostIfTheRoleIsRefused) {
  config::Conninfo conninfo = ConninfoFor("nobody", "canary", server_->port());
  conninfo.Set("host", "127.0.0.1,127.0.0.1");
  const auto session = Connect(conninfo);
  ASSERT_FALSE(session.has_value());
  EXPECT_EQ(session.error().reason, DownReason::kAuth);
}

TEST_F(SessionConnectTest, FindsThePrimaryByTargetSessionAttrs) {
  for (const auto& [attributes, connects] :
       {std::pair("read-write", true), std::pair("read-only", false), std::pair("primary", true),
        std::pair("standby", false), std::pair("prefer-standby", true), std::pair("any", true)}) {
    config::Conninfo conninfo = ServerConninfo();
    conninfo.Set("target_session_attrs", attributes);
    EXPECT_EQ(Connect(conninfo).has_value(), connects) << attributes;
    conninfo.Set("host", "127.0.0.1,127.0.0.1");
    EXPECT_EQ(Connect(conninfo).has_value(), connects) << attributes << ", two hosts";
  }
}

TEST_F(SessionConnectTest, RefusesAPoolerThatDropsItsOptions) {
  TcpProxy pooler(server_->port(), &WithoutOptions);
  config::Conninfo conninfo = ServerConninfo();
  conninfo.Set("port", fmt::format("{}", pooler.port()));
  conninfo.Set("sslmode", "disable");
  const auto session = Connect(conninfo);
  ASSERT_FALSE(session.has_value());
  EXPECT_EQ(session.error().error.code, ErrorCode::kRefused);
  EXPECT_THAT(session.error().error.message,
              EndsWith("this is a connection pooler (PgBouncer); connect to the PostgreSQL server "
                       "directly"));
}

TEST_F(SessionConnectTest, UsesTheConfiguredRoleAndNotThatOfAlterRole) {
  Admin(
      "CREATE ROLE watcher NOINHERIT LOGIN PASSWORD 'w'; GRANT pg_monitor TO watcher; "
      "GRANT pg_read_all_stats TO watcher; SELECT 1");
  config::Conninfo conninfo = ConninfoFor("watcher", "w", server_->port());
  auto session = Connect(conninfo);
  ASSERT_TRUE(session.has_value());
  EXPECT_FALSE((*session)->facts().is_monitor);

  setenv("PGOPTIONS", "-c role=pg_monitor", 1);
  session = Connect(conninfo);
  unsetenv("PGOPTIONS");
  ASSERT_TRUE(session.has_value());
  EXPECT_TRUE((*session)->facts().is_monitor);

  conninfo.Set("options", "-c role=pg_monitor");
  session = Connect(conninfo);
  ASSERT_TRUE(session.has_value());
  EXPECT_TRUE((*session)->facts().is_monitor);

  Admin("ALTER ROLE watcher SET role = pg_read_all_stats; SELECT 1");
  conninfo.Set("options", "");
  session = Connect(conninfo);
  ASSERT_TRUE(session.has_value());
  EXPECT_THAT(Ask(**session, "SELECT current_user"), IsOkAndHolds("watcher"));
}

TEST_F(SessionConnectTest, ReadsNamesInAnyEncodingOfTheDatabase) {
  Admin("CREATE DATABASE win ENCODING 'WIN1252' LOCALE 'C' TEMPLATE template0");
  Admin("CREATE DATABASE \"D\xc3\x81TA\"");
  config::Conninfo conninfo = ServerConninfo();
  conninfo.Set("dbname", "win");
  const auto session = Connect(conninfo);
  ASSERT_TRUE(session.has_value());
  const std::string_view names = "SELECT datname FROM pg_database WHERE datname LIKE 'D%'";
  EXPECT_THAT(Ask(**session, names), IsOkAndHolds("D\xc3\x81TA"));
  (*session)->Configure({.own_texts = true});
  // Texts of the session's own database are converted in both directions.
  EXPECT_THAT(Ask(**session, "SELECT chr(233)"), IsOkAndHolds("\xc3\xa9"));
  EXPECT_THAT(Ask(**session, "SELECT octet_length('\xc3\xa9')"), IsOkAndHolds("1"));
  // Text that cannot be converted is returned as it is stored.
  EXPECT_THAT(Ask(**session, names), IsOkAndHolds("D\xc3\x81TA"));
  (*session)->Configure({});
  EXPECT_THAT(Ask(**session, "SELECT chr(233)"), IsOkAndHolds("\xe9"));
}

}  // namespace
}  // namespace hakem::exporter
