#include "tests/support/collection/dropin_server.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <pqxx/pqxx>
#include <stdexcept>

#include "exporter/scrape/requirements.h"
#include "exporter/session/postgres_session.h"
#include "tests/support/collection/page_text.h"
#include "tests/support/matchers.h"
#include "tests/support/programs/hakem_process.h"

namespace hakem::collectors {
namespace {

using std::chrono::seconds;

bool Declares(const CollectorSpec& spec, const MetricFamily& written) {
  return std::any_of(spec.families.begin(), spec.families.end(), [&](const FamilySpec& family) {
    return written.type == family.type &&
           (family.name_is_prefix ? written.name.starts_with(family.name)
                                  : written.name == family.name);
  });
}

void Collect(const CollectorSpec& spec, Session& session, DropinPage& page) {
  if (exporter::UnmetRequirement(spec.requirements, session.facts())) {
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
    page.families.emplace(family.name, family.type);
    for (const Sample& sample : family.samples) {
      EXPECT_TRUE(page.values.emplace(sample.series->labels, sample.value).second)
          << PageText(sample.series);
    }
  }
}

}  // namespace

DropinServer::DropinServer() {
  auto made = process::PrivatePostgres::Make(
      {.settings = {"shared_preload_libraries = 'pg_stat_statements'", "track_io_timing = on",
                    "wal_level = replica", "max_replication_slots = 4", "autovacuum = off"}});
  if (!made) {
    throw std::runtime_error(made.error().message);
  }
  server_ = *std::move(made);
  for (const char* database : kDatabases) {
    Run(fmt::format("CREATE DATABASE {}", database));
    Run("CREATE EXTENSION pg_stat_statements", database);
    Run("CREATE EXTENSION pg_buffercache", database);
    Run("CREATE TABLE moves (id serial PRIMARY KEY, card text)", database);
  }
  Run("INSERT INTO moves (card) SELECT repeat(md5(n::text), 200) FROM generate_series(1, 500) n",
      kDatabases[0]);
  Run("UPDATE moves SET card = 'x' WHERE id <= 10", kDatabases[0]);
  Run("VACUUM ANALYZE moves", kDatabases[0]);
  version_ = static_cast<int>(Number("SHOW server_version_num"));
  AwaitStatistics();
}

void DropinServer::AwaitStatistics() const {
  constexpr int kFirstWithoutDelay = 150000;
  if (version_ >= kFirstWithoutDelay) {
    return;
  }
  std::string last;
  SteadyTime since = SystemClock().SteadyNow();
  const bool settled = Eventually(seconds(30), [&] {
    const std::string now =
        Run("SELECT row(t.*, io.*) FROM pg_stat_user_tables t JOIN pg_statio_user_tables io USING "
            "(relid) WHERE t.relname = 'moves'",
            kDatabases[0]);
    if (now != last) {
      last = now;
      since = SystemClock().SteadyNow();
    }
    return SystemClock().SteadyNow() - since > seconds(2);
  });
  EXPECT_TRUE(settled);
}

std::string DropinServer::Dsn(std::string_view database) const {
  return server_->Dsn(database);
}

std::string DropinServer::Run(const std::string& sql, std::string_view database) const {
  pqxx::connection connection(Dsn(database) + " application_name=hakem");
  pqxx::nontransaction work(connection);
  const pqxx::result rows = work.exec(sql);
  return rows.empty() || rows[0][0].is_null() ? "" : rows[0][0].c_str();
}

double DropinServer::Number(const std::string& sql, std::string_view database) const {
  return std::stod(Run(sql, database));
}

DropinServer& TheServer() {
  static DropinServer server;
  return server;
}

double DropinPage::At(const Labels& series) const {
  const auto found = values.find(series);
  return found != values.end() ? found->second : std::nan("");
}

DropinPage CollectAll() {
  DropinPage page;
  for (const std::string_view database : DropinServer::kDatabases) {
    exporter::PostgresSessionFactory factory(
        *config::Conninfo::Parse(Secret(TheServer().Dsn(database))), "", SystemClock());
    const auto session = factory.Connect({.statement = seconds(10)}, {});
    if (!session) {
      ADD_FAILURE() << session.error().error.message;
      return page;
    }
    for (const CollectorSpec* spec : kCollectors) {
      const bool is_home = database == DropinServer::kDatabases[0];
      if (spec->name != "game" && (is_home || spec->scope == Scope::kDatabase)) {
        Collect(*spec, **session, page);
      }
    }
  }
  return page;
}

}  // namespace hakem::collectors
