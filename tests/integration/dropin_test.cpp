// Every collector against a real server, its values against SQL of their own, and side by side with
// Debian's postgres_exporter. HAKEM_TEST_DSN names another server to run on, of another version,
// as superuser and with pg_stat_statements preloaded.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <map>
#include <pqxx/pqxx>
#include <set>

#include "collectors/core/collector.h"
#include "demo/child_process.h"
#include "demo/private_postgres.h"
#include "exporter/scrape/plan.h"
#include "exporter/session/pqxx_session.h"
#include "tests/support/fetch.h"
#include "tests/support/matchers.h"
#include "tests/support/peers.h"

namespace hakem::collectors {
namespace {

using std::chrono::seconds;

/// A server with two databases that hold a table each, one of them with some history.
class Server {
 public:
  Server() {
    const char* given = std::getenv("HAKEM_TEST_DSN");
    if (given == nullptr) {
      private_ = *demo::PrivatePostgres::Make(
          {.settings = {"shared_preload_libraries = 'pg_stat_statements'", "track_io_timing = on",
                        "wal_level = replica", "max_replication_slots = 4", "autovacuum = off"}});
    }
    dsn_ = given != nullptr ? given : private_->Dsn();
    Run("DROP DATABASE IF EXISTS dropin_one");
    Run("DROP DATABASE IF EXISTS dropin_two");
    Run("CREATE DATABASE dropin_one");
    Run("CREATE DATABASE dropin_two");
    for (const char* database : kDatabases) {
      Run("CREATE EXTENSION pg_stat_statements", database);
      Run("CREATE EXTENSION pg_buffercache", database);
      Run("CREATE TABLE moves (id serial PRIMARY KEY, card text)", database);
    }
    Run("INSERT INTO moves (card) SELECT repeat(md5(n::text), 200) FROM generate_series(1, 500) n",
        kDatabases[0]);
    Run("UPDATE moves SET card = 'x' WHERE id <= 10", kDatabases[0]);
    Run("VACUUM ANALYZE moves", kDatabases[0]);
  }

  static constexpr std::array kDatabases = {"dropin_one", "dropin_two"};

  std::string Dsn(std::string_view database) const {
    return fmt::format("{} dbname={}", dsn_, database);
  }

  /// The first cell of the answer, "" for NULL and nothing.
  std::string Run(const std::string& sql, std::string_view database = "postgres") const {
    pqxx::connection connection(Dsn(database) + " application_name=hakem");
    pqxx::nontransaction work(connection);
    const pqxx::result rows = work.exec(sql);
    return rows.empty() || rows[0][0].is_null() ? "" : rows[0][0].c_str();
  }

  double Number(const std::string& sql, std::string_view database = kDatabases[0]) const {
    return std::stod(Run(sql, database));
  }

 private:
  std::unique_ptr<demo::PrivatePostgres> private_;
  std::string dsn_;
};

Server& TheServer() {
  static Server server;
  return server;
}

/// What the collectors told: values by series, and their families.
struct Page {
  std::map<Labels, double> values;
  std::vector<std::string> families;

  double At(const Labels& series) const {
    const auto found = values.find(series);
    return found != values.end() ? found->second : std::nan("");
  }
};

bool Declares(const CollectorSpec& spec, const MetricFamily& written) {
  return std::any_of(spec.families.begin(), spec.families.end(), [&](const FamilySpec& family) {
    return written.type == family.type &&
           (family.name_is_prefix ? written.name.starts_with(family.name)
                                  : written.name == family.name);
  });
}

void Collect(const CollectorSpec& spec, Session& session, Page& page) {
  if (exporter::WhyPlannedOut(spec.gates, session.facts())) {
    return;
  }
  const Logger log = Log::Silent().For("collectors.test");
  SampleSink sink{Labels{}};
  const auto collector = spec.make({.interval = seconds(5), .games = {}});
  EXPECT_THAT(collector->Collect({.session = session, .clock = SystemClock(), .log = log}, sink),
              IsOk())
      << spec.name;
  for (const MetricFamily& family : sink.Take()) {
    EXPECT_TRUE(Declares(spec, family)) << family.name;
    page.families.push_back(family.name);
    for (const Sample& sample : family.samples) {
      EXPECT_TRUE(page.values.emplace(sample.series->labels, sample.value).second)
          << sample.series->text;
    }
  }
}

/// One round of every collector but the game's, on by default or not.
Page CollectAll() {
  Page page;
  for (const std::string_view database : Server::kDatabases) {
    exporter::PqxxSessionFactory factory(
        *exporter::Conninfo::Parse(Secret(TheServer().Dsn(database))), "", SystemClock());
    const auto session = factory.Connect({.statement = seconds(10)}, {});
    if (!session) {
      ADD_FAILURE() << session.error().error.message;
      return page;
    }
    for (const CollectorSpec* spec : kCollectors) {
      const bool is_home = database == Server::kDatabases[0];
      if (spec->name != "game" && (is_home || spec->scope == Scope::kDatabase)) {
        Collect(*spec, **session, page);
      }
    }
  }
  return page;
}

Labels Named(std::string_view name, std::vector<Label> labels = {}) {
  labels.push_back({"__name__", std::string(name)});
  return Labels(std::move(labels));
}

std::vector<Label> Moves(std::string_view database) {
  return {{"datname", std::string(database)}, {"schemaname", "public"}, {"relname", "moves"}};
}

TEST(Dropin, EveryFamilyOfThisVersionIsTold) {
  Server& server = TheServer();
  server.Run("SELECT pg_create_physical_replication_slot('dropin_slot', true)");
  const Page page = CollectAll();
  server.Run("SELECT pg_drop_replication_slot('dropin_slot')");
  const int version = static_cast<int>(server.Number("SHOW server_version_num"));
  // These tell nothing while nothing of the kind is going on.
  const std::set<std::string_view> idle = {"stat_progress_vacuum",     "stat_replication",
                                           "stat_activity_autovacuum", "process_idle",
                                           "stat_wal_receiver",        "game"};
  const std::set<std::string_view> never_here = {
      "pg_replication_slots_slot_confirmed_flush_lsn", "pg_replication_slots_safe_wal_size_bytes",
      "pg_stat_archiver_last_archive_age", "pg_stat_statements_query_id"};
  for (const CollectorSpec* spec : kCollectors) {
    if (idle.contains(spec->name) || version < spec->gates.min_version) {
      continue;
    }
    for (const FamilySpec& family : spec->families) {
      const bool is_told =
          std::any_of(page.families.begin(), page.families.end(),
                      [&](const std::string& name) { return name.starts_with(family.name); });
      const bool is_due = family.min_version <= version && version <= family.max_version &&
                          !never_here.contains(family.name);
      EXPECT_EQ(is_told, is_due) << family.name;
    }
  }
}

TEST(Dropin, TablesOfEveryDatabaseAreAsTheViewsSay) {
  const Page page = CollectAll();
  for (const std::string_view database : Server::kDatabases) {
    for (const CollectorSpec* spec : kCollectors) {
      const bool is_io = spec->name == "statio_user_tables";
      if (spec->name != "stat_user_tables" && !is_io) {
        continue;
      }
      for (const FamilySpec& family : spec->families) {
        std::string column(family.name.substr(fmt::format("pg_{}_", spec->name).size()));
        if (is_io) {
          column.replace(column.find("blocks"), 6, "blks");
        }
        std::string value =
            column.starts_with("last_") ? fmt::format("extract(epoch FROM {})", column) : column;
        value = column == "index_size_bytes"   ? "pg_indexes_size(relid)"
                : column == "table_size_bytes" ? "pg_table_size(relid)"
                                               : value;
        EXPECT_NEAR(page.At(Named(family.name, Moves(database))),
                    TheServer().Number(fmt::format("SELECT coalesce({}, 0) FROM pg_{} WHERE "
                                                   "relname = 'moves'",
                                                   value, spec->name),
                                       database),
                    1e-3)
            << family.name << " of " << database;
      }
    }
  }
  EXPECT_EQ(page.At(Named("pg_stat_user_tables_n_tup_ins", Moves("dropin_one"))), 500);
}

TEST(Dropin, ATableThatDdlHoldsIsToldWithoutWaiting) {
  pqxx::connection connection(TheServer().Dsn("dropin_one"));
  pqxx::work ddl(connection);
  ddl.exec("LOCK TABLE moves IN ACCESS EXCLUSIVE MODE");
  const Page page = CollectAll();
  EXPECT_EQ(page.At(Named("pg_stat_user_tables_table_size_bytes", Moves("dropin_one"))),
            TheServer().Number("SELECT sum(relpages) * current_setting('block_size')::int FROM "
                               "pg_class WHERE oid IN (SELECT unnest(ARRAY[oid, reltoastrelid]) "
                               "FROM pg_class WHERE relname = 'moves')"));
  EXPECT_EQ(page.At(Named("pg_stat_user_tables_table_size_bytes", Moves("dropin_two"))),
            TheServer().Number("SELECT pg_table_size('moves')", "dropin_two"));
}

TEST(Dropin, ValuesAreAsTheServerSays) {
  const struct {
    Labels series;
    std::string sql;
  } kRows[] = {
      {Named("pg_settings_shared_buffers_bytes"),
       "SELECT pg_size_bytes(current_setting('shared_buffers'))"},
      {Named("pg_settings_max_wal_size_bytes"),
       "SELECT pg_size_bytes(current_setting('max_wal_size'))"},
      {Named("pg_settings_checkpoint_timeout_seconds"),
       "SELECT extract(epoch FROM current_setting('checkpoint_timeout')::interval)"},
      {Named("pg_settings_autovacuum_work_mem_bytes"), "SELECT -1"},
      {Named("pg_settings_pg_stat_statements_max"), "SHOW pg_stat_statements.max"},
      {Named("pg_roles_connection_limit", {{"rolname", "pg_monitor"}}), "SELECT -1"},
      {Named("pg_replication_is_replica"), "SELECT 0"},
      {Named("pg_replication_lag_seconds"), "SELECT 0"},
      {Named("pg_postmaster_start_time_seconds"),
       "SELECT extract(epoch FROM pg_postmaster_start_time())"},
      {Named("pg_database_wraparound_age_datfrozenxid_seconds", {{"datname", "dropin_two"}}),
       "SELECT age(datfrozenxid) FROM pg_database WHERE datname = 'dropin_two'"},
      {Named("pg_stat_statements_rows_total",
             {{"user", "postgres"},
              {"datname", "dropin_one"},
              {"queryid", TheServer().Run("SELECT queryid FROM pg_stat_statements WHERE query "
                                          "LIKE 'INSERT INTO moves%' AND rows = 500",
                                          "dropin_one")}}),
       "SELECT 500"},
  };

  const Page page = CollectAll();
  for (const auto& row : kRows) {
    EXPECT_NEAR(page.At(row.series), TheServer().Number(row.sql), 1e-3) << FormatSeries(row.series);
  }
}

TEST(Dropin, IdleConnectionsFillAWholeHistogramForEachApplication) {
  pqxx::connection first(TheServer().Dsn("dropin_one") + " application_name=dropin_a");
  pqxx::connection second(TheServer().Dsn("dropin_one") + " application_name=dropin_b");
  pqxx::nontransaction(first).exec("SELECT 1");
  pqxx::nontransaction(second).exec("SELECT 1");
  const Page page = CollectAll();
  for (const char* application : {"dropin_a", "dropin_b"}) {
    const std::vector<Label> labels = {{"state", "idle"}, {"application_name", application}};
    std::vector<Label> bucket = labels;
    bucket.push_back({"le", "300.0"});
    EXPECT_EQ(page.At(Named("pg_process_idle_seconds_count", labels)), 1);
    EXPECT_EQ(page.At(Named("pg_process_idle_seconds_bucket", bucket)), 1);
    EXPECT_GT(page.At(Named("pg_process_idle_seconds_sum", labels)), 0);
  }
}

/// What Debian's exporter tells and Hakem does not, or tells otherwise.
struct Exception {
  std::string_view family;  ///< Its name, or the beginning of several with `*`.
  bool value_only;          ///< The series is there.
  std::string_view reason;
};

constexpr Exception kExceptions[] = {
    {"pg_exporter_*", false, "the peer itself"},
    {"pg_scrape_collector_*", false, "the peer itself; ours come from the scrape loop"},
    {"pg_up", false, "comes from the scrape loop"},
    {"pg_stat_database_checksum_*", false, "later versions of the peer tell them no more"},
    {"pg_stat_database_session*", false, "later versions of the peer tell them no more"},
    {"pg_stat_database_idle_in_transaction_time", false,
     "later versions of the peer tell them no more"},
    {"pg_stat_database_active_time", false,
     "later versions tell seconds: pg_stat_database_active_time_seconds_total"},
    {"pg_stat_archiver_last_archive_age", false, "NaN when nothing was archived; absent here"},
    {"pg_settings_statement_timeout_seconds", false, "our session's own"},
    {"pg_settings_lock_timeout_seconds", false, "our session's own"},
    {"pg_settings_idle_in_transaction_session_timeout_seconds", false, "our session's own"},
    {"pg_settings_default_transaction_read_only", false, "our session's own"},
    {"pg_settings_transaction_read_only", false, "our session's own"},
    {"pg_settings_standard_conforming_strings", false, "our session's own"},
    {"pg_settings_jit", false, "our session's own"},
    {"pg_settings_max_parallel_workers_per_gather", false, "our session's own"},
    {"pg_settings_extra_float_digits", true, "the peer's session has its own"},
    {"pg_stat_database_stats_reset", true, "NaN when never reset; 0 here"},
    {"pg_stat_activity_*", true, "each counts the other's connection"},
    {"pg_stat_database_numbackends", true, "each counts the other's connection"},
    {"pg_locks_count", true, "each counts the other's locks"},
};

const Exception* ExceptionFor(std::string_view name) {
  const auto* const found =
      std::find_if(std::begin(kExceptions), std::end(kExceptions), [&](const Exception& each) {
        return each.family.ends_with('*')
                   ? name.starts_with(each.family.substr(0, each.family.size() - 1))
                   : name == each.family;
      });
  return found != std::end(kExceptions) ? found : nullptr;
}

/// Takes `name{label="value",…} number` apart.
std::pair<Labels, double> ParseLine(std::string_view line) {
  std::vector<Label> labels{{"__name__", std::string(line.substr(0, line.find_first_of("{ ")))}};
  line.remove_prefix(labels[0].value.size());
  while (!line.empty() && (line[0] == '{' || line[0] == ',')) {
    line.remove_prefix(1);
    std::string name(line.substr(0, line.find('=')));
    line.remove_prefix(name.size() + 2);
    std::string value;
    for (; line[0] != '"'; line.remove_prefix(1)) {
      if (line[0] == '\\') {
        line.remove_prefix(1);
      }
      value += line[0];
    }
    line.remove_prefix(1);
    labels.push_back({std::move(name), std::move(value)});
  }
  line.remove_prefix(line.find(' ') + 1);
  return {Labels(std::move(labels)).With("server", ""), std::stod(std::string(line))};
}

/// The page of a postgres_exporter that runs for one scrape.
std::map<Labels, double> PeerPage() {
  const int port = demo::FreePort();
  const auto null = demo::Output::ToFile("/dev/null");
  auto peer = *demo::ChildProcess::Start(
      {.argv = {PeerPath("prometheus-postgres-exporter"),
                fmt::format("--web.listen-address=127.0.0.1:{}", port)},
       .environment = {{"DATA_SOURCE_NAME", TheServer().Dsn("dropin_one") + " sslmode=disable"}},
       .standard_output = null,
       .standard_error = null});
  std::map<Labels, double> page;
  Result<std::string> text;
  for (int attempt = 0; attempt < 200 && page.empty(); ++attempt) {
    text = Fetch(fmt::format("http://127.0.0.1:{}/metrics", port));
    if (!text) {
      peer.WaitFor(std::chrono::milliseconds(50));
      continue;
    }
    for (std::string_view rest = *text; !rest.empty();) {
      const std::string_view line = rest.substr(0, rest.find('\n'));
      rest.remove_prefix(std::min(rest.size(), line.size() + 1));
      if (line.starts_with("pg_")) {
        page.insert(ParseLine(line));
      }
    }
  }
  return page;
}

TEST(Dropin, TellsWhatDebiansPostgresExporterTells) {
  if (std::getenv("HAKEM_TEST_DSN") != nullptr) {
    GTEST_SKIP() << "Debian 12's exporter does not know newer servers";
  }
  PeerPage();  // The server has then seen all that the peer asks.
  const Page before = CollectAll();
  const std::map<Labels, double> peer = PeerPage();
  const Page after = CollectAll();
  EXPECT_GT(peer.size(), 400U);
  for (const auto& [series, value] : peer) {
    const Exception* exception = ExceptionFor(series.metric_name());
    const bool is_shared = series.Get("datid") == "0";  // Of no database; later versions skip it.
    if (is_shared || (exception != nullptr && !exception->value_only)) {
      continue;
    }
    // Of what another query may have written meanwhile, either round is right.
    const bool is_there = before.values.contains(series) || after.values.contains(series);
    const bool is_moving = series.Get("wait_event") != "" || series.Get("state") == "active";
    EXPECT_TRUE(is_there || is_moving) << FormatSeries(series);
    if (is_there && exception == nullptr) {
      const double slack = std::max(1e-3, 1e-9 * value);  // The peer cuts Unix times to seconds.
      EXPECT_GE(value, std::min(before.At(series), after.At(series)) - slack)
          << FormatSeries(series);
      EXPECT_LE(value, std::max(before.At(series), after.At(series)) + slack)
          << FormatSeries(series);
    }
  }
}

}  // namespace
}  // namespace hakem::collectors
