#include "exporter/session/postgres_session.h"

#include <fstream>

#include "tests/support/fake_clock.h"
#include "tests/support/matchers.h"
#include "tests/support/no_free_descriptor.h"

namespace hakem::exporter {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr std::string_view kCanary = "canary-5f2c";

TEST(WithLimits, SetsTheApplicationNameAndTcpTimeouts) {
  config::Conninfo conninfo;
  conninfo.Set("host", "db");
  EXPECT_EQ(WithLimits(conninfo, {}).Masked(),
            "application_name=hakem client_encoding=SQL_ASCII connect_timeout=5 host=db "
            "keepalives=1 keepalives_count=3 keepalives_idle=10 keepalives_interval=5 "
            "options=' -c hakem.session=<secret>' tcp_user_timeout=3000");
}

TEST(WithLimits, KeepsTheUsersOwnOptionsAndConnectTimeout) {
  config::Conninfo conninfo;
  conninfo.Set("options", "-c work_mem=1MB");
  conninfo.Set("connect_timeout", "2");
  const config::Conninfo with = WithLimits(conninfo, {});
  EXPECT_EQ(with.Get("options"), "-c work_mem=1MB -c hakem.session=direct");
  EXPECT_EQ(with.Get("connect_timeout"), "2");
}

TEST(WithLimits, KeepsPgoptionsWhereTheConnectionStringHasNone) {
  setenv("PGOPTIONS", "-c role=pg_monitor", 1);
  const std::string options = WithLimits({}, {}).Get("options");
  unsetenv("PGOPTIONS");
  EXPECT_EQ(options, "-c role=pg_monitor -c hakem.session=direct");
}

TEST(WithLimits, LeavesTheOptionsOfAServiceToLibpq) {
  config::Conninfo conninfo;
  conninfo.Set("service", "game");
  EXPECT_EQ(WithLimits(conninfo, {}).Get("options"), "");
}

TEST(AsksForRole, RecognisesAllFormsOfTheOption) {
  for (const std::string_view options :
       {"-c role=a", "-crole=a", "--role=a", "-c work_mem=1MB -c ROLE=a", "  -c  role = a"}) {
    EXPECT_TRUE(AsksForRole(options)) << options;
  }
  for (const std::string_view options : {"", "-c search_path=role", "-c x.role=a",
                                         "-c search_path=a,--role", "-c hakem.session=a"}) {
    EXPECT_FALSE(AsksForRole(options)) << options;
  }
}

TEST(PostgresSessionFactory, NeverShowsThePassword) {
  config::Conninfo conninfo;
  conninfo.Set("host", "127.0.0.1");
  conninfo.Set("port", "1");
  conninfo.SetPassword(Secret(std::string(kCanary)));
  PostgresSessionFactory factory(conninfo, "", SystemClock());
  const auto session = factory.Connect({}, {});
  ASSERT_FALSE(session.has_value());
  EXPECT_EQ(session.error().reason, DownReason::kConnect);
  EXPECT_EQ(session.error().error.message,
            "connection to server at \"127.0.0.1\", port 1 failed: Connection refused");
  EXPECT_THAT(session.error().error.message, Not(HasSubstr(kCanary)));
}

TEST(PostgresSessionFactory, ReportsThatNoDescriptorIsFree) {
  config::Conninfo conninfo;
  conninfo.Set("host", "127.0.0.1");
  conninfo.Set("port", "1");
  for (const std::string_view command : {"", "echo secret"}) {
    PostgresSessionFactory factory(conninfo, "", SystemClock(), std::string(command));
    const NoFreeDescriptor none;
    const auto session = factory.Connect({}, {});
    ASSERT_FALSE(session.has_value());
    EXPECT_EQ(session.error().error.code, ErrorCode::kUnavailable);
    EXPECT_THAT(session.error().error.message, HasSubstr("Too many open files"));
  }
}

TEST(PostgresSessionFactory, NamesAPasswordFileThatCannotBeRead) {
  PostgresSessionFactory factory(config::Conninfo(), "/no/such/file", SystemClock());
  const auto session = factory.Connect({}, {});
  ASSERT_FALSE(session.has_value());
  EXPECT_EQ(session.error().reason, DownReason::kAuth);
  EXPECT_EQ(session.error().error.message,
            "password file: cannot read /no/such/file: No such file or directory");
}

TEST(PostgresSessionFactory, DoesNotConnectOnceStopped) {
  config::Conninfo conninfo;
  conninfo.Set("host", "192.0.2.1");  // A network that leads nowhere (RFC 5737).
  conninfo.Set("port", "5432");
  std::stop_source stop;
  stop.request_stop();
  PostgresSessionFactory factory(conninfo, "", SystemClock());
  EXPECT_FALSE(factory.Connect({}, stop.get_token()).has_value());
}

}  // namespace
}  // namespace hakem::exporter
