#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <pqxx/pqxx>
#include <string>
#include <vector>

#include "collectors/core/sql_collector.h"
#include "exporter/scrape/scrape_loop.h"
#include "exporter/session/postgres_session.h"
#include "process/private_postgres.h"
#include "tests/support/collection/snapshot_values.h"
#include "tests/support/matchers.h"

namespace hakem::exporter {

inline constexpr collectors::SqlValue kTablesValues[] = {
    {"count", {"test_tables", MetricType::kGauge, "Open tables.", {}}}};
inline constexpr collectors::SqlQuery kTablesQueries[] = {
    {.sql = "SELECT count(*) AS count FROM public.tables", .values = kTablesValues}};
inline constexpr auto kTablesFamilies = collectors::FamiliesOf(kTablesValues);

/// Reads an ordinary table, as the game's collectors do.
inline constinit const collectors::CollectorSpec kTables{
    .name = "tables",
    .help = "Open tables.",
    .enabled_by_default = true,
    .lane = collectors::Lane::kFast,
    .families = kTablesFamilies,
    .make = [](const collectors::CollectorOptions&) {
      return collectors::MakeSqlCollector(kTablesQueries);
    }};

inline std::vector<const collectors::CollectorSpec*> WithTables() {
  std::vector<const collectors::CollectorSpec*> specs = {&kTables};
  std::copy_if(collectors::kCollectors.begin(), collectors::kCollectors.end(),
               std::back_inserter(specs),
               [](const collectors::CollectorSpec* spec) { return spec->name != "game"; });
  return specs;
}

/// A private PostgreSQL with a table `tables` and the role `hakem`, and what collects from it twice
/// a second, on one clock with the test.
class FaultsTest : public testing::Test {
 protected:
  static constexpr Duration kInterval = std::chrono::milliseconds(500);

  explicit FaultsTest(const process::PrivatePostgresOptions& options = {}) {
    auto made = process::PrivatePostgres::Make(options);
    EXPECT_THAT(made, IsOk());
    server_ = std::move(*made);
    Admin(
        "CREATE ROLE hakem LOGIN; GRANT pg_monitor TO hakem; CREATE TABLE tables (id int); "
        "GRANT SELECT ON tables TO hakem; INSERT INTO tables VALUES (1), (2); SELECT 1");
  }

  ~FaultsTest() override { loop_.reset(); }

  void StartCollecting(int port) {
    config::Conninfo conninfo = *config::Conninfo::Parse(Secret(server_->Dsn("postgres", "hakem")));
    conninfo.Set("port", fmt::format("{}", port));
    StartCollecting(conninfo, "");
  }

  void StartCollecting(const config::Conninfo& conninfo, const std::string& password_file) {
    sessions_ = std::make_unique<PostgresSessionFactory>(conninfo, password_file, SystemClock());
    loop_ = std::make_unique<ScrapeLoop>(
        ScrapeOptions{.fast = kInterval,
                      .slow = std::chrono::seconds(1),
                      .enabled = enabled_,
                      .cost_budget = 0,
                      .collectors = specs_},
        ScrapeDeps{
            .sessions = *sessions_,
            .clock = SystemClock(),
            .log = log_,
            .on_snapshot = [this](auto snapshot, const auto&) { Take(std::move(snapshot)); }});
    loop_->Start();
  }

  void Take(std::shared_ptr<const Snapshot> snapshot) {
    const MutexLock lock(mutex_);
    longest_gap_ = std::max(longest_gap_, last_ ? snapshot->time - last_->time : Duration(0));
    last_ = std::move(snapshot);
    published_.notify_all();
  }

  /// The last snapshot; null before the first.
  std::shared_ptr<const Snapshot> Last() {
    const MutexLock lock(mutex_);
    return last_;
  }

  /// Waits until a snapshot satisfies `condition`; fails after `limit`.
  testing::AssertionResult Becomes(const std::function<bool(const Snapshot&)>& condition,
                                   Duration limit = std::chrono::seconds(20)) {
    MutexLock lock(mutex_);
    return published_.wait_for(lock, limit,
                               [&]() REQUIRES(mutex_) { return last_ && condition(*last_); })
               ? testing::AssertionSuccess()
               : testing::AssertionFailure() << "not within " << limit.count() << " ms";
  }

  testing::AssertionResult Becomes(std::string_view series, std::optional<double> value,
                                   Duration limit = std::chrono::seconds(20)) {
    return Becomes([&](const Snapshot& snapshot) { return ValueOf(snapshot, series) == value; },
                   limit)
           << ": " << series;
  }

  /// How many connections Hakem has, as the server counts them.
  int Connections() const {
    return std::stoi(
        Admin("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'hakem'"));
  }

  std::string Admin(const std::string& sql) const {
    pqxx::connection connection(server_->Dsn());
    pqxx::nontransaction work(connection);
    const pqxx::result rows = work.exec(sql);
    return rows.empty() ? "" : rows[0][0].c_str();
  }

  std::unique_ptr<process::PrivatePostgres> server_;
  Log log_ = Log::Silent();
  std::vector<const collectors::CollectorSpec*> specs_ = WithTables();  ///< As enabled_.
  std::map<std::string, bool> enabled_;  ///< Set before StartCollecting.
  std::unique_ptr<PostgresSessionFactory> sessions_;
  Mutex mutex_;
  std::condition_variable_any published_;
  std::shared_ptr<const Snapshot> last_ GUARDED_BY(mutex_);
  Duration longest_gap_ GUARDED_BY(mutex_){0};
  std::unique_ptr<ScrapeLoop> loop_;
};

}  // namespace hakem::exporter
