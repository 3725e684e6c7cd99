// A session on a real PostgreSQL: limits, errors, deadlines.
#include <fmt/format.h>

#include <chrono>
#include <fstream>

#include "tests/support/collection/session_fixture.h"
#include "tests/support/http/tcp_proxy.h"
#include "tests/support/matchers.h"
#include "tests/support/programs/hakem_process.h"

namespace hakem::exporter {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;
using testing::Lt;
using testing::Not;

TEST_F(SessionTest, SetsEveryLimitOnTheServer) {
  const auto session = factory_.Connect({}, {});
  ASSERT_TRUE(session.has_value());
  const std::pair<std::string_view, std::string_view> settings[] = {
      {"statement_timeout", "2s"},
      {"lock_timeout", "500ms"},
      {"idle_in_transaction_session_timeout", "10s"},
      {"default_transaction_read_only", "on"},
      {"default_transaction_isolation", "read committed"},
      {"search_path", "pg_catalog"},
      {"application_name", "hakem"},
      {"jit", "off"},
      {"max_parallel_workers_per_gather", "0"},
      {"plan_cache_mode", "force_generic_plan"},
      {"transaction_read_only", "on"},
      {"client_encoding", "SQL_ASCII"},
      {"TimeZone", "UTC"},
      {"DateStyle", "ISO, MDY"},
  };
  for (const auto& [name, value] : settings) {
    EXPECT_THAT(Ask(**session, fmt::format("SHOW {}", name)), IsOkAndHolds(std::string(value)));
  }
}

TEST_F(SessionTest, ReadsTheServerFacts) {
  const auto first = factory_.Connect({}, {});
  const auto second = factory_.Connect({}, {});
  ASSERT_TRUE(first.has_value() && second.has_value());
  const collectors::ServerFacts& facts = (*first)->facts();
  EXPECT_EQ(fmt::format("{}", facts.version), Admin("SHOW server_version_num"));
  EXPECT_FALSE(facts.in_recovery);
  EXPECT_TRUE(facts.is_monitor);
  EXPECT_EQ(facts.database, "postgres");
  EXPECT_TRUE(facts.extensions.contains("plpgsql"));
  EXPECT_NE(facts.connection, (*second)->facts().connection);
}

TEST_F(SessionTest, DistinguishesErrors) {
  const auto session = factory_.Connect({.statement = milliseconds(100)}, {});
  ASSERT_TRUE(session.has_value());
  const auto missing = (*session)->Query("SELECT * FROM no_such_table");
  EXPECT_THAT(missing, HasCode(ErrorCode::kInvalidInput));
  EXPECT_THAT(missing, HasMessage("relation \"no_such_table\" does not exist"));
  EXPECT_THAT((*session)->Query("SELECT * FROM public.secrets"),
              HasMessage("permission denied for table secrets"));
  EXPECT_THAT((*session)->Query("SELECT * FROM public.secrets"), HasCode(ErrorCode::kRefused));
  EXPECT_THAT((*session)->Query("CREATE TEMP TABLE t()"), HasCode(ErrorCode::kInvalidInput));
  const auto late = (*session)->Query("SELECT pg_sleep(5)");
  EXPECT_THAT(late, HasCode(ErrorCode::kTimeout));
  EXPECT_THAT(late, HasMessage("canceling statement due to statement timeout"));
  EXPECT_THAT(Ask(**session, "SELECT 1"), IsOkAndHolds("1"));
}

TEST_F(SessionTest, ReturnsTheLastStatementsRows) {
  const auto session = factory_.Connect({}, {});
  ASSERT_TRUE(session.has_value());
  EXPECT_THAT(Ask(**session,
                  "SELECT set_config('hakem.horizon', '7', false); "
                  "SELECT current_setting('hakem.horizon')"),
              IsOkAndHolds("7"));
  EXPECT_THAT(Ask(**session, "SELECT NULL"), IsOkAndHolds("NULL"));
}

TEST_F(SessionTest, NeverReconnectsByItself) {
  const auto session = factory_.Connect({}, {});
  ASSERT_TRUE(session.has_value());
  const auto pid = Ask(**session, "SELECT pg_backend_pid()");
  ASSERT_THAT(pid, IsOk());
  Admin(fmt::format("SELECT pg_terminate_backend({})", *pid));
  const auto is_gone = [&] {
    return Admin(fmt::format("SELECT count(*) FROM pg_stat_activity WHERE pid = {}", *pid)) == "0";
  };
  ASSERT_TRUE(Eventually(std::chrono::seconds(30), is_gone));
  EXPECT_THAT((*session)->Query("SELECT 1"), HasCode(ErrorCode::kUnavailable));
  EXPECT_THAT((*session)->Query("SELECT 1"), HasMessage("the connection is closed"));
  EXPECT_EQ(Admin("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'hakem'"), "0");
}

TEST_F(SessionTest, ReportsWhyItCannotConnectWithoutThePassword) {
  const std::tuple<std::string_view, std::string_view, DownReason> cases[] = {
      {"hakem", "canary-wrong", DownReason::kAuth},
      {"hakem", "", DownReason::kAuth},
      {"nobody_of_that_name", "canary-wrong", DownReason::kAuth},
  };
  for (const auto& [user, password, reason] : cases) {
    PostgresSessionFactory factory(ConninfoFor(user, password, server_->port()), "", SystemClock());
    const auto session = factory.Connect({}, {});
    ASSERT_FALSE(session.has_value());
    EXPECT_EQ(session.error().reason, reason);
    EXPECT_EQ(session.error().error.code, ErrorCode::kRefused);
    EXPECT_THAT(session.error().error.message, Not(HasSubstr("canary")));
    EXPECT_THAT(session.error().error.message, Not(HasSubstr("\n")));
  }
  config::Conninfo elsewhere = ConninfoFor("hakem", kPassword, server_->port());
  elsewhere.Set("dbname", "nowhere");
  const auto session = PostgresSessionFactory(elsewhere, "", SystemClock()).Connect({}, {});
  ASSERT_FALSE(session.has_value());
  EXPECT_EQ(session.error().reason, DownReason::kOther);
  EXPECT_EQ(session.error().error.message,
            fmt::format("connection to server at \"127.0.0.1\", port {} failed: "
                        "database \"nowhere\" does not exist",
                        server_->port()));
}

TEST_F(SessionTest, ReadsThePasswordFileAtEachConnect) {
  const std::string path = server_->folder() + "/hakem.password";
  PostgresSessionFactory factory(ConninfoFor("hakem", "", server_->port()), path, SystemClock());
  std::ofstream(path) << "canary-wrong\n";
  EXPECT_FALSE(factory.Connect({}, {}).has_value());
  std::ofstream(path) << kPassword << "\n";
  EXPECT_TRUE(factory.Connect({}, {}).has_value());
}

TEST_F(SessionTest, GivesUpAQueryThatIsNeverAnswered) {
  TcpProxy proxy(server_->port());
  PostgresSessionFactory factory(ConninfoFor("hakem", kPassword, proxy.port()), "", SystemClock());
  const auto session = factory.Connect({.statement = milliseconds(200)}, {});
  ASSERT_TRUE(session.has_value());
  proxy.StopForwarding();
  const auto asked = (*session)->Query("SELECT 1");
  EXPECT_THAT(asked, HasCode(ErrorCode::kTimeout));
  EXPECT_THAT(asked, HasMessage("no answer within 1s200ms; the connection was closed"));
}

TEST_F(SessionTest, GivesUpAConnectThatIsNeverAnswered) {
  TcpProxy proxy(server_->port());
  proxy.StopForwarding();
  PostgresSessionFactory factory(ConninfoFor("hakem", kPassword, proxy.port()), "", SystemClock());
  const auto session = factory.Connect({.connect = milliseconds(200)}, {});
  ASSERT_FALSE(session.has_value());
  EXPECT_EQ(session.error().reason, DownReason::kTimeout);
  EXPECT_EQ(session.error().error.message,
            fmt::format("connection to server at \"127.0.0.1\", port {} failed: "
                        "no answer within 200ms",
                        proxy.port()));
}

TEST_F(SessionTest, EndsAtOnceWhenStopped) {
  std::stop_source stop;
  const auto session = factory_.Connect({.statement = seconds(30)}, stop.get_token());
  ASSERT_TRUE(session.has_value());
  const auto started = std::chrono::steady_clock::now();
  const std::jthread stopper([&] {
    while (Admin("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'") == "0") {
    }
    stop.request_stop();
  });
  EXPECT_THAT((*session)->Query("SELECT pg_sleep(20)"), HasMessage("stopped"));
  EXPECT_THAT(std::chrono::steady_clock::now() - started, Lt(seconds(10)));
}

}  // namespace
}  // namespace hakem::exporter
