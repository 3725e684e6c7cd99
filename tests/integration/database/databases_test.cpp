// What is reported for each database of a server with several.
#include <fmt/format.h>

#include <atomic>
#include <pqxx/pqxx>
#include <thread>

#include "exporter/scrape/scrape_loop.h"
#include "exporter/session/postgres_session.h"
#include "model/published.h"
#include "process/private_postgres.h"
#include "tests/support/collection/snapshot_values.h"
#include "tests/support/matchers.h"
#include "tests/support/programs/hakem_process.h"

namespace hakem::exporter {
namespace {

using std::chrono::seconds;
using testing::Optional;

class DatabasesTest : public testing::Test {
 protected:
  DatabasesTest() {
    auto made = process::PrivatePostgres::Make({.transport = process::Transport::kUnixSocket});
    EXPECT_THAT(made, IsOk());
    server_ = std::move(*made);
    Run("postgres", "CREATE ROLE hakem LOGIN; GRANT pg_monitor TO hakem");
    for (const std::string database : {"shop", "wiki", "secret"}) {
      Run("postgres", "CREATE DATABASE " + database);
      Run(database, "CREATE TABLE pages (id int); CREATE TABLE notes (id int)");
    }
    Run("postgres", "CREATE TABLE pages (id int)");
  }

  void Run(const std::string& database, const std::string& sql) const {
    pqxx::connection connection(server_->Dsn(database));
    pqxx::nontransaction work(connection);
    work.exec(sql);
  }

  void Start(ScrapeOptions options = {}) {
    options.fast = seconds(1);
    options.slow = seconds(1);
    options.cost_budget = 0;
    sessions_ = std::make_unique<PostgresSessionFactory>(
        *config::Conninfo::Parse(Secret(server_->Dsn("postgres", "hakem"))), "", SystemClock());
    loop_ = std::make_unique<ScrapeLoop>(
        options,
        ScrapeDeps{.sessions = *sessions_,
                   .clock = SystemClock(),
                   .log = log_,
                   .on_snapshot = [this](auto snapshot, const auto&) { last_.Set(snapshot); }});
    loop_->Start();
  }

  std::optional<double> Value(const std::string& series) const {
    const auto snapshot = last_.Get();
    return snapshot == nullptr ? std::nullopt : ValueOf(*snapshot, series);
  }

  testing::AssertionResult Becomes(const std::string& series, std::optional<double> value) const {
    return Eventually(seconds(20), [&] { return Value(series) == value; })
               ? testing::AssertionSuccess()
               : testing::AssertionFailure() << series;
  }

  static std::string Scans(std::string_view database, std::string_view table,
                           std::string_view schema = "public") {
    return fmt::format(
        "pg_stat_user_tables_seq_scan{{datname=\"{}\",relname=\"{}\",schemaname=\"{}\"}}", database,
        table, schema);
  }

  std::unique_ptr<process::PrivatePostgres> server_;
  Log log_ = Log::Silent();
  std::unique_ptr<PostgresSessionFactory> sessions_;
  Published<Snapshot> last_;
  std::unique_ptr<ScrapeLoop> loop_;
};

TEST_F(DatabasesTest, AreAllReportedOverAtMostTwoConnections) {
  Start({.databases = {.include = {}, .exclude = {"secret"}}});
  std::atomic<int> most = 0;
  std::jthread counting([&](const std::stop_token& stop) {
    pqxx::connection connection(server_->Dsn());
    while (!stop.stop_requested()) {
      pqxx::nontransaction work(connection);
      const int now =
          work.exec("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'hakem'")[0][0]
              .as<int>();
      most = std::max(most.load(), now);
    }
  });
  EXPECT_TRUE(Becomes(Scans("postgres", "pages"), 0));
  EXPECT_TRUE(Becomes(Scans("shop", "pages"), 0));
  EXPECT_TRUE(Becomes(Scans("wiki", "notes"), 0));
  EXPECT_TRUE(Becomes("hakem_database_reached{datname=\"wiki\"}", 1));
  EXPECT_EQ(Value(Scans("secret", "pages")), std::nullopt);
  Run("shop", "SELECT * FROM pages");
  EXPECT_TRUE(Becomes(Scans("shop", "pages"), 1));
  EXPECT_LE(most, 2);
  EXPECT_GE(most, 1);
}

TEST_F(DatabasesTest, ThatRefuseAreReportedAndDoNotAffectOthers) {
  Run("postgres", "ALTER DATABASE secret CONNECTION LIMIT 0");
  Run("postgres", "REVOKE CONNECT ON DATABASE shop FROM public");
  Start();
  EXPECT_TRUE(Becomes(Scans("wiki", "notes"), 0));
  EXPECT_TRUE(Becomes("hakem_database_reached{datname=\"secret\"}", 0));
  EXPECT_TRUE(Becomes("hakem_database_reached{datname=\"shop\"}", 0));
  EXPECT_THAT(Value("pg_up"), Optional(1.0));
  EXPECT_THAT(Value("hakem_collector_success{collector=\"stat_user_tables\"}"), Optional(1.0));
}

TEST_F(DatabasesTest, CanBeDroppedWhileTheyAreCollected) {
  Start();
  EXPECT_TRUE(Becomes(Scans("shop", "pages"), 0));
  EXPECT_TRUE(Eventually(seconds(20), [&] {
    try {
      Run("postgres", "DROP DATABASE shop");
      return true;
    } catch (const pqxx::sql_error&) {
      return false;  // Hakem is connected to it at the moment.
    }
  }));
  EXPECT_TRUE(Becomes(Scans("shop", "pages"), std::nullopt));
  EXPECT_TRUE(Becomes("hakem_database_reached{datname=\"shop\"}", std::nullopt));
}

TEST_F(DatabasesTest, SumTablesBeyondTheLimit) {
  Run("shop", "INSERT INTO pages SELECT generate_series(1, 10000); ANALYZE pages");
  Run("shop", "SELECT * FROM notes");
  Start({.limits = {{"stat_user_tables", 1}}});
  EXPECT_TRUE(Becomes(Scans("shop", "other", "other"), 1));
  EXPECT_TRUE(Becomes("hakem_collector_overflow{collector=\"stat_user_tables\"}", 3));
  EXPECT_TRUE(Value(Scans("shop", "pages")).has_value());
  EXPECT_EQ(Value(Scans("shop", "notes")), std::nullopt);
}

}  // namespace
}  // namespace hakem::exporter
