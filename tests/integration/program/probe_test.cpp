// /probe on a running `hakem serve`, against a second real server.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <pqxx/pqxx>
#include <thread>
#include <vector>

#include "model/clock.h"
#include "process/private_postgres.h"
#include "tests/support/http/tcp_proxy.h"
#include "tests/support/programs/hakem_process.h"

namespace hakem {
namespace {

using std::chrono::seconds;
using testing::HasSubstr;
using testing::Not;

class Probe : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    watched_ = MakeServer();
    other_ = MakeServer();
  }

  static void TearDownTestSuite() {
    watched_.reset();
    other_.reset();
  }

  Probe() {
    std::filesystem::create_directory(folder_);
    std::ofstream(folder_ + "/pe.yml")
        << "auth_modules:\n"
           "  monitor: {type: userpass, userpass: {username: hakem, password: canary}}\n"
           "  nobody: {type: userpass, userpass: {username: nobody_of_that_name}}\n";
    std::ofstream(folder_ + "/hakem.yml") << fmt::format(
        "targets: [{{name: first, dsn: {}}}]\nprobe: {{hosts: [\"{}\", \"{}\"]}}\n",
        watched_->Dsn("postgres", "hakem"), Address(other_->port()), Address(proxy_.port()));
    auto hakem = ServingHakem::Start(
        {}, {"--config", folder_ + "/hakem.yml", "--config.file", folder_ + "/pe.yml"});
    EXPECT_TRUE(hakem) << hakem.error().message;
    hakem_ = *std::move(hakem);
  }

  ~Probe() override { std::filesystem::remove_all(folder_); }

  static std::unique_ptr<process::PrivatePostgres> MakeServer() {
    auto made = process::PrivatePostgres::Make();
    EXPECT_TRUE(made) << made.error().message;
    pqxx::connection connection((*made)->Dsn());
    pqxx::nontransaction work(connection);
    work.exec("CREATE ROLE hakem LOGIN; GRANT pg_monitor TO hakem");
    return *std::move(made);
  }

  static std::string Address(int port) { return fmt::format("127.0.0.1:{}", port); }

  HttpReply Ask(const std::string& target, const std::string& module = "monitor") const {
    return HttpGet(hakem_->port(), fmt::format("/probe?target={}&auth_module={}", target, module),
                   "X-Prometheus-Scrape-Timeout-Seconds: 4\r\n")
        .value_or(HttpReply{});
  }

  const std::string folder_ =
      fmt::format("{}/hakem-probe-{}", std::filesystem::temp_directory_path().string(), getpid());
  static inline std::unique_ptr<process::PrivatePostgres> watched_;
  static inline std::unique_ptr<process::PrivatePostgres> other_;
  TcpProxy proxy_{other_->port()};
  std::unique_ptr<ServingHakem> hakem_;
};

TEST_F(Probe, CollectsFromAListedServerOnAtMostTwoConnections) {
  std::vector<std::jthread> asking;
  for (int i = 0; i < 3; ++i) {
    asking.emplace_back([&] {
      const HttpReply reply = Ask(Address(other_->port()));
      EXPECT_EQ(reply.status, 200);
      EXPECT_THAT(reply.body, HasSubstr("\npg_up 1\n"));
    });
  }
  asking.clear();
  const HttpReply reply = Ask(Address(other_->port()));
  EXPECT_EQ(reply.status, 200);
  EXPECT_THAT(reply.body, HasSubstr("pg_stat_database_numbackends{"));
  EXPECT_THAT(reply.body, HasSubstr("pg_database_size_bytes{datname=\"postgres\"}"));
  EXPECT_THAT(reply.body, Not(HasSubstr("server=\"first\"")));
  pqxx::connection connection(other_->Dsn());
  pqxx::nontransaction work(connection);
  EXPECT_LE(
      work.exec("SELECT count(*) FROM pg_stat_activity WHERE usename = 'hakem'")[0][0].as<int>(),
      2);
}

TEST_F(Probe, AnswersForTheMonitoredServerFromTheLastSnapshot) {
  EXPECT_TRUE(Eventually(seconds(20), [&] { return Ask("first").status == 200; }));
  EXPECT_THAT(Ask("first").body, HasSubstr("server=\"first\""));
  EXPECT_EQ(Ask(Address(watched_->port())).status, 200);
}

TEST_F(Probe, RejectsServersThatAreNotListed) {
  EXPECT_EQ(Ask("").status, 400);
  EXPECT_EQ(Ask(Address(1)).status, 403);
  EXPECT_EQ(Ask("postgresql://u:canary@127.0.0.1/x").status, 403);
  EXPECT_EQ(Ask(Address(other_->port()), "unknown").status, 400);
}

TEST_F(Probe, ReportsAServerThatRefusesConnections) {
  const HttpReply reply = Ask(Address(other_->port()), "nobody");
  EXPECT_EQ(reply.status, 200);
  EXPECT_THAT(reply.body, HasSubstr("\npg_up 0\n"));
  EXPECT_THAT(reply.body, HasSubstr("hakem_target_down{reason=\"auth\"} 1"));
}

TEST_F(Probe, WaitsAtMostAsLongAsPrometheus) {
  proxy_.StopForwarding();
  const SteadyTime before = SystemClock().SteadyNow();
  const auto reply = HttpGet(
      hakem_->port(), fmt::format("/probe?target={}&auth_module=monitor", Address(proxy_.port())),
      "X-Prometheus-Scrape-Timeout-Seconds: 1\r\n");
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 503);
  EXPECT_LT(SystemClock().SteadyNow() - before, seconds(4));
  EXPECT_THAT(hakem_->Page("/metrics"), HasSubstr("hakem_build_info"));
}

TEST_F(Probe, LetsFourRequestsWaitAtOnce) {
  proxy_.StopForwarding();
  std::atomic<int> refused = 0;
  std::vector<std::jthread> asking;
  for (int i = 0; i < 8; ++i) {
    asking.emplace_back([&] {
      const HttpReply reply = Ask(Address(proxy_.port()));
      if (reply.body.find("wait already") != std::string::npos) {
        ++refused;
      }
    });
  }
  asking.clear();
  EXPECT_GE(refused, 1);
  EXPECT_LE(refused, 4);
}

}  // namespace
}  // namespace hakem
