// Compares Hakem with postgres_exporter on one server: each of its series must exist with the same
// name, type, labels and value. Uses Debian's postgres_exporter with its collectors, or the one of
// another Debian in the folder $HAKEM_PEER_ROOT with all of its collectors.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <map>
#include <pqxx/pqxx>

#include "process/child_process.h"
#include "process/private_postgres.h"
#include "tests/support/collection/dropin_server.h"
#include "tests/support/http/fetch.h"
#include "tests/support/programs/peers.h"

namespace hakem::collectors {
namespace {

/// A known difference: what the peer has, and Hakem lacks or has in another way.
struct Exception {
  enum class Kind {
    kAbsent,
    kValue,   ///< The series exists with another value.
    kLabels,  ///< A series exists with these and more labels.
  };

  std::string_view family;  ///< Its name, or the beginning of several with `*`.
  Kind kind;
  std::string_view reason;
};

using enum Exception::Kind;

constexpr Exception kExceptions[] = {
    {"pg_exporter_*", kAbsent, "the peer itself"},
    {"pg_scrape_collector_*", kAbsent, "the peer itself; ours come from the scrape loop"},
    {"pg_up", kAbsent, "comes from the scrape loop"},
    {"pg_stat_database_checksum_*", kAbsent, "later versions of the peer tell them no more"},
    {"pg_stat_database_session*", kAbsent, "later versions of the peer tell them no more"},
    {"pg_stat_database_idle_in_transaction_time", kAbsent,
     "later versions of the peer tell them no more"},
    {"pg_stat_database_active_time", kAbsent,
     "later versions tell seconds: pg_stat_database_active_time_seconds_total"},
    {"pg_stat_archiver_last_archive_age", kAbsent, "NaN when nothing was archived; absent here"},
    {"pg_settings_transaction_read_only", kAbsent, "our transaction's own"},
    {"pg_settings_extra_float_digits", kValue, "the peer's session has its own"},
    {"pg_stat_database_stats_reset", kValue, "NaN when never reset; 0 here"},
    {"pg_stat_activity_*", kLabels,
     "each counts the other's connection; later versions of the peer have these labels too"},
    {"pg_replication_slot_*", kAbsent, "later versions, and we, say pg_replication_slots_*"},
    {"pg_stat_user_tables_size_bytes", kAbsent,
     "later versions, and we, tell the sizes of a table and of its indexes apart"},
    {"pg_statio_user_indexes_*", kLabels, "ours say the database too"},
    {"pg_process_idle_seconds_*", kAbsent, "one row of many, whichever comes first"},
    {"pg_stat_database_numbackends", kValue, "each counts the other's connection"},
    {"pg_locks_count", kValue, "each counts the other's locks"},
    {"pg_long_running_transactions", kValue, "the peer counts its own, however many it has"},
    {"pg_buffercache_summary_buffers_pinned", kValue, "who pins one does so for a moment"},
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

/// Parses `name{label="value",…} number`.
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
  return {Labels(labels).With("server", ""), std::stod(std::string(line))};
}

/// A page of the peer: values by series, types by family.
struct PeerPage {
  std::map<Labels, double> values;
  std::map<std::string, std::string, std::less<>> types;
};

PeerPage ParsePage(std::string_view text) {
  PeerPage page;
  constexpr std::string_view kType = "# TYPE ";
  while (!text.empty()) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    if (line.starts_with("pg_")) {
      page.values.insert(ParseLine(line));
    } else if (line.starts_with(kType)) {
      line.remove_prefix(kType.size());
      const std::size_t space = line.find(' ');
      page.types.emplace(line.substr(0, space), line.substr(space + 1));
    }
  }
  return page;
}

/// Collectors that are off by default in the peer and exist in Hakem.
constexpr std::string_view kOptional[] = {
    "buffercache_summary", "database_wraparound", "long_running_transactions",
    "postmaster",          "process_idle",        "stat_activity_autovacuum",
    "stat_checkpointer",   "stat_statements",     "stat_wal_receiver",
    "statio_user_indexes"};

process::ChildOptions PeerCommand(int port) {
  process::ChildOptions options{
      .argv = {PeerPath("prometheus-postgres-exporter")},
      .environment = {{"DATA_SOURCE_NAME", TheServer().Dsn("dropin_one") + " sslmode=disable"}},
      .standard_output = process::Output::ToFile("/dev/null"),
      .standard_error = process::Output::ToFile("/dev/null")};
  if (const char* root = std::getenv("HAKEM_PEER_ROOT"); root != nullptr) {
    options.root = root;
    options.argv = {"/usr/bin/prometheus-postgres-exporter"};
    for (const std::string_view collector : kOptional) {
      options.argv.push_back(fmt::format("--collector.{}", collector));
    }
  }
  options.argv.push_back(fmt::format("--web.listen-address=127.0.0.1:{}", port));
  return options;
}

/// The page of a postgres_exporter that runs for one scrape.
PeerPage AskPeer() {
  const int port = process::FreePort();
  auto peer = *process::ChildProcess::Start(PeerCommand(port));
  for (int attempt = 0; attempt < 200; ++attempt) {
    if (const auto text = Fetch(fmt::format("http://127.0.0.1:{}/metrics", port))) {
      return ParsePage(*text);
    }
    peer.WaitFor(std::chrono::milliseconds(50));
  }
  ADD_FAILURE() << "the peer does not answer";
  return {};
}

/// Creates a slot, an open transaction and an idle session, so that their metrics exist.
class SomeActivity {
 public:
  SomeActivity() {
    pqxx::nontransaction(idle_).exec("SELECT pg_create_physical_replication_slot('peer', true)");
    open_.exec("SELECT count(*) FROM moves");
  }

  SomeActivity(const SomeActivity&) = delete;
  SomeActivity& operator=(const SomeActivity&) = delete;

  ~SomeActivity() { TheServer().Run("SELECT pg_drop_replication_slot('peer')"); }

 private:
  pqxx::connection idle_{TheServer().Dsn("dropin_one") + " application_name=idle"};
  pqxx::connection connection_{TheServer().Dsn("dropin_one") + " application_name=open"};
  pqxx::work open_{connection_};
};

/// Hakem's pages before and after the peer's: changing values lie between them.
struct SideBySide {
  DropinPage before;
  PeerPage peer;
  DropinPage after;
};

const SideBySide& Pages() {
  static const SideBySide pages = [] {
    const SomeActivity activity;
    AskPeer();  // Runs all of the peer's statements once before the comparison.
    SideBySide made{CollectAll(), AskPeer(), {}};
    made.after = CollectAll();
    return made;
  }();
  return pages;
}

/// Whether one of our series has all of this one's labels.
bool HasWithMoreLabels(const DropinPage& page, const Labels& series) {
  return std::any_of(page.values.begin(), page.values.end(), [&](const auto& ours) {
    return std::all_of(series.begin(), series.end(), [&](const LabelView& label) {
      return ours.first.Get(label.name) == label.value;
    });
  });
}

void ExpectSeries(const Labels& series, double value) {
  const auto& [before, peer, after] = Pages();
  const Exception* exception = ExceptionFor(series.metric_name());
  const bool is_shared = series.Get("datid") == "0";  // Shared relations; later versions skip them.
  if (is_shared || (exception != nullptr && exception->kind == kAbsent)) {
    return;
  }
  if (exception != nullptr && exception->kind == kLabels) {
    const bool is_moving = series.Get("state") == "active";
    EXPECT_TRUE(is_moving || HasWithMoreLabels(before, series) || HasWithMoreLabels(after, series))
        << FormatSeries(series);
    return;
  }
  const bool is_there = before.values.contains(series) || after.values.contains(series);
  EXPECT_TRUE(is_there) << FormatSeries(series);
  if (is_there && exception == nullptr) {
    // Another query may have changed the value meanwhile, so either round may match.
    const double slack = std::max(1e-3, 1e-9 * value);  // The peer cuts Unix times to seconds.
    EXPECT_GE(value, std::fmin(before.At(series), after.At(series)) - slack)
        << FormatSeries(series);
    EXPECT_LE(value, std::fmax(before.At(series), after.At(series)) + slack)
        << FormatSeries(series);
  }
}

TEST(PostgresExporter, HasNoSeriesThatHakemLacks) {
  const std::map<Labels, double>& expected = Pages().peer.values;
  EXPECT_GT(expected.size(), 400U);
  for (const auto& [series, value] : expected) {
    ExpectSeries(series, value);
  }
}

TEST(PostgresExporter, HasTheSameTypes) {
  const auto& [before, peer, after] = Pages();
  for (const auto& [family, type] : after.families) {
    if (const auto theirs = peer.types.find(family); theirs != peer.types.end()) {
      EXPECT_EQ(ToString(type), theirs->second) << family;
    }
  }
}

}  // namespace
}  // namespace hakem::collectors
