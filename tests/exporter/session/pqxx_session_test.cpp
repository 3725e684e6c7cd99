#include "exporter/session/pqxx_session.h"

#include <fstream>

#include "tests/support/fake_clock.h"
#include "tests/support/matchers.h"

namespace hakem::exporter {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr std::string_view kCanary = "canary-5f2c";

TEST(WithLimits, PutsEveryLimitIntoTheConnectionString) {
  Conninfo conninfo;
  conninfo.Set("host", "db");
  EXPECT_EQ(WithLimits(conninfo, {}).Masked(),
            "application_name=hakem client_encoding=UTF8 connect_timeout=5 host=db keepalives=1 "
            "keepalives_count=3 keepalives_idle=10 keepalives_interval=5 "
            "options=' -c statement_timeout=2000 -c lock_timeout=500 "
            "-c idle_in_transaction_session_timeout=10000 -c default_transaction_read_only=on "
            "-c default_transaction_isolation=read\\\\ committed "
            "-c search_path=pg_catalog -c jit=off -c max_parallel_workers_per_gather=0 "
            "-c plan_cache_mode=force_generic_plan -c standard_conforming_strings=on "
            "-c TimeZone=UTC -c DateStyle=ISO' tcp_user_timeout=3000");
}

TEST(WithLimits, PutsOursBehindTheUsersOwnOptions) {
  Conninfo conninfo;
  conninfo.Set("options", "-c work_mem=1MB");
  EXPECT_THAT(WithLimits(conninfo, {.statement = std::chrono::seconds(30)}).Get("options"),
              testing::StartsWith("-c work_mem=1MB -c statement_timeout=30000 "));
}

TEST(PqxxSessionFactory, NeverTellsThePassword) {
  Conninfo conninfo;
  conninfo.Set("host", "127.0.0.1");
  conninfo.Set("port", "1");
  conninfo.SetPassword(Secret(std::string(kCanary)));
  PqxxSessionFactory factory(conninfo, "", SystemClock());
  const auto session = factory.Connect({}, {});
  ASSERT_FALSE(session.has_value());
  EXPECT_EQ(session.error().reason, DownReason::kConnect);
  EXPECT_EQ(session.error().error.message,
            "connection to server at \"127.0.0.1\", port 1 failed: Connection refused");
  EXPECT_THAT(session.error().error.message, Not(HasSubstr(kCanary)));
}

TEST(PqxxSessionFactory, NamesAPasswordFileThatCannotBeRead) {
  PqxxSessionFactory factory(Conninfo(), "/no/such/file", SystemClock());
  const auto session = factory.Connect({}, {});
  ASSERT_FALSE(session.has_value());
  EXPECT_EQ(session.error().reason, DownReason::kAuth);
  EXPECT_EQ(session.error().error.message,
            "password file: cannot read /no/such/file: No such file or directory");
}

TEST(PqxxSessionFactory, DoesNotConnectOnceStopped) {
  Conninfo conninfo;
  conninfo.Set("host", "192.0.2.1");  // A network that leads nowhere (RFC 5737).
  conninfo.Set("port", "5432");
  std::stop_source stop;
  stop.request_stop();
  PqxxSessionFactory factory(conninfo, "", SystemClock());
  EXPECT_FALSE(factory.Connect({}, stop.get_token()).has_value());
}

}  // namespace
}  // namespace hakem::exporter
