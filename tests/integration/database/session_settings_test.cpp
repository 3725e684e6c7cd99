// No setting of a role or a database changes a value of the page, except its own pg_settings_*. One
// test changes all relevant settings at once. If HAKEM_WALK_SETTINGS is set, another one changes
// every setting one by one, which takes minutes.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <map>
#include <optional>
#include <set>

#include "exporter/scrape/scrape_loop.h"
#include "tests/support/collection/page_text.h"
#include "tests/support/game/game_fixture.h"

namespace hakem::collectors {
namespace {

using testing::IsEmpty;

/// The values of a page by series.
using Page = std::map<std::string, double>;

/// A setting, and a value that differs from that of the server.
struct Change {
  std::string name;
  std::string value;
};

/// All settings that are known to be relevant, each with a harmful value.
const std::vector<Change> kHarmful{
    {"extra_float_digits", "-15"},
    {"DateStyle", "German"},
    {"IntervalStyle", "iso_8601"},
    {"TimeZone", "Asia/Tehran"},
    {"lc_messages", "C"},
    {"lc_numeric", "C"},
    {"bytea_output", "escape"},
    {"search_path", "hokm_game, pg_catalog"},
    {"row_security", "on"},
    {"statement_timeout", "300"},
    {"lock_timeout", "1"},
    {"idle_in_transaction_session_timeout", "1"},
    {"idle_session_timeout", "300"},
    {"transaction_timeout", "1000"},
    {"client_encoding", "LATIN1"},
    {"client_min_messages", "debug5"},
    {"default_transaction_isolation", "serializable"},
    {"default_transaction_read_only", "on"},
    {"default_transaction_deferrable", "on"},
    {"quote_all_identifiers", "on"},
    {"standard_conforming_strings", "off"},
    {"backslash_quote", "on"},
    {"array_nulls", "off"},
    {"transform_null_equals", "on"},
    {"xmlbinary", "hex"},
    {"exit_on_error", "on"},
    {"work_mem", "64"},
    {"enable_seqscan", "off"},
    {"enable_indexscan", "off"},
    {"enable_bitmapscan", "off"},
    {"plan_cache_mode", "force_custom_plan"},
    {"jit_above_cost", "0"},
    {"stats_fetch_consistency", "none"},
    {"application_name", "somebody"},
    {"role", "pg_read_all_stats"},
};

/// Series with durations, the free space of the disk, and Hakem's own counters.
bool IsOfTheMoment(std::string_view series) {
  return series.starts_with("hakem_") || series.find("duration") != series.npos ||
         series == "pg_data_disk_free_bytes";
}

class SessionSettingsTest : public GameFixture {
 protected:
  void SetUp() override {
    GameFixture::SetUp();
    Populate();
    Run("postgres", "ALTER SYSTEM SET autovacuum = off");
    Run("postgres", "SELECT pg_reload_conf()");
  }

  void TearDown() override { Reset(); }

  Page Collect() const {
    exporter::PostgresSessionFactory sessions(*config::Conninfo::Parse(Secret(Dsn())), "",
                                              SystemClock());
    std::map<std::string, bool> all;
    for (const CollectorSpec* spec : kCollectors) {
      all[std::string(spec->name)] = true;
    }
    const Log log = Log::Silent();
    const auto snapshot = exporter::CollectOnce(
        {.enabled = all, .games = {{}}},
        {.sessions = sessions, .clock = SystemClock(), .log = log, .own_families = {}});
    EXPECT_THAT(snapshot, IsOk());
    Page page;
    for (const MetricFamily& family : snapshot.value_or(Snapshot{}).families) {
      for (const Sample& sample : family.samples) {
        std::string series = PageText(sample.series);
        if (!IsOfTheMoment(series)) {
          page.emplace(std::move(series), sample.value);
        }
      }
    }
    return page;
  }

  /// Returns whether the server has the setting and it can be set for a role.
  bool Has(const std::string& name) {
    return name == "role" ||
           Number(fmt::format("SELECT count(*) FROM pg_settings WHERE name = '{}' AND context IN "
                              "('user', 'superuser')",
                              name)) == 1;
  }

  void Apply(const std::vector<Change>& changes) {
    for (const Change& change : changes) {
      const std::string assignment =
          fmt::format("SET \"{}\" = {}", change.name,
                      change.name == "search_path" ? change.value : QuoteLiteral(change.value));
      Sql(fmt::format("ALTER ROLE hakem {}", assignment));
      Sql(fmt::format("ALTER DATABASE {} {}", database_, assignment));
    }
  }

  void Reset() {
    Sql("ALTER ROLE hakem RESET ALL");
    Sql(fmt::format("ALTER DATABASE {} RESET ALL", database_));
  }

  /// Returns the differences of the page while the settings are changed.
  std::vector<std::string> DifferencesOnce(const std::vector<Change>& changes) {
    const Page before = Collect();
    Apply(changes);
    const Page between = Collect();
    Reset();
    const Page after = Collect();
    std::vector<std::string> differences;
    for (const auto& [series, value] : before) {
      const auto later = after.find(series);
      const auto found = between.find(series);
      if (later != after.end() && Same(value, later->second) && !IsOneOf(series, changes) &&
          (found == between.end() || !Same(found->second, value))) {
        differences.push_back(
            fmt::format("{} {} became {}", series, value,
                        found == between.end() ? "nothing" : fmt::format("{}", found->second)));
      }
    }
    for (const auto& [series, value] : between) {
      if (!before.contains(series) && !after.contains(series) && !IsOneOf(series, changes)) {
        differences.push_back(fmt::format("{} {} is new", series, value));
      }
    }
    std::sort(differences.begin(), differences.end());
    return differences;
  }

  /// Returns the differences that a second comparison finds again, because some values change by
  /// themselves.
  std::vector<std::string> Differences(const std::vector<Change>& changes) {
    std::vector<std::string> differences = DifferencesOnce(changes);
    if (!differences.empty()) {
      const std::vector<std::string> again = DifferencesOnce(changes);
      std::erase_if(differences, [&](const std::string& difference) {
        return !std::binary_search(again.begin(), again.end(), difference);
      });
    }
    return differences;
  }

  /// Returns every setting of a role with a different value.
  std::vector<Change> EverySetting() {
    std::vector<Change> changes;
    for (const auto& row : pqxx::nontransaction(*owner_).exec(R"(
SELECT name, CASE vartype
         WHEN 'bool' THEN CASE setting WHEN 'on' THEN 'off' ELSE 'on' END
         WHEN 'enum' THEN (SELECT min(v) FROM unnest(enumvals) v WHERE v <> setting)
         ELSE CASE WHEN min_val <> setting THEN min_val
                   ELSE least(max_val::numeric,
                              CASE unit WHEN 'ms' THEN 5000 ELSE setting::numeric + 1 END)::text END
       END AS value
FROM pg_settings
WHERE context IN ('user', 'superuser') AND vartype IN ('bool', 'enum', 'integer', 'real')
      AND name NOT LIKE 'transaction_%' AND name <> 'max_stack_depth'
ORDER BY name)")) {
      if (!row[1].is_null()) {
        changes.push_back({row[0].c_str(), row[1].c_str()});
      }
    }
    return changes;
  }

 private:
  static bool Same(double left, double right) {
    return left == right || (std::isnan(left) && std::isnan(right));
  }

  /// Returns whether the series reports one of the changed settings.
  static bool IsOneOf(const std::string& series, const std::vector<Change>& changes) {
    return std::any_of(changes.begin(), changes.end(), [&](const Change& change) {
      std::string family = "pg_settings_" + change.name;
      std::replace(family.begin(), family.end(), '.', '_');
      return series.starts_with(family);
    });
  }
};

TEST_F(SessionSettingsTest, ChangeNoValueIfAllAreSet) {
  std::vector<Change> changes;
  for (const Change& change : kHarmful) {
    if (Has(change.name)) {
      changes.push_back(change);
    }
  }
  EXPECT_THAT(DifferencesOnce(changes), IsEmpty());
}

TEST_F(SessionSettingsTest, AreReportedAsTheServerHasThem) {
  Run("postgres", "ALTER SYSTEM SET statement_timeout = '7s'");
  Run("postgres", "ALTER SYSTEM SET lock_timeout = '6s'");
  Run("postgres", "SELECT pg_reload_conf()");
  SqlUntil("current_setting('statement_timeout') = '7s'");
  const Page page = Collect();
  Run("postgres", "ALTER SYSTEM RESET statement_timeout");
  Run("postgres", "ALTER SYSTEM RESET lock_timeout");
  Run("postgres", "SELECT pg_reload_conf()");
  EXPECT_EQ(page.at("pg_settings_statement_timeout_seconds"), 7);
  EXPECT_EQ(page.at("pg_settings_lock_timeout_seconds"), 6);
  EXPECT_EQ(page.at("pg_settings_default_transaction_read_only"), 0);
  EXPECT_EQ(page.at("pg_settings_row_security"), 1);
  EXPECT_EQ(page.at("pg_settings_jit"), 1);
}

TEST_F(SessionSettingsTest, ChangeNoValueIfOneIsSet) {
  if (std::getenv("HAKEM_WALK_SETTINGS") == nullptr) {
    GTEST_SKIP() << "takes minutes: HAKEM_WALK_SETTINGS is not set";
  }
  std::vector<Change> changes = EverySetting();
  for (const Change& change : kHarmful) {
    if (Has(change.name)) {
      changes.push_back(change);
    }
  }
  EXPECT_GT(changes.size(), 100);
  for (const Change& change : changes) {
    EXPECT_THAT(Differences({change}), IsEmpty()) << change.name << " = " << change.value;
  }
}

}  // namespace
}  // namespace hakem::collectors
