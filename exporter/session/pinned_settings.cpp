#include "exporter/session/pinned_settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "collectors/core/session.h"

namespace hakem::exporter {
namespace {

using collectors::QuoteLiteral;

constexpr char kSeparator = '\x1f';
constexpr int kMajor = 10'000;

constexpr std::array k14 = {140000};
constexpr std::array k15 = {150000};
constexpr std::array k17 = {170000};
/// The versions with the fix of CVE-2024-7348.
constexpr std::array kRestrict = {130016, 140013, 150008, 160004, 170000};

constexpr std::array kSettings = {
    // No limit of the role may end a round, or a session between rounds.
    PinnedSetting{"idle_session_timeout", "0", k14},
    PinnedSetting{"transaction_timeout", "0", k17},
    PinnedSetting{"exit_on_error", "off"},
    // A backend without a client ends, even while a statement runs.
    PinnedSetting{"client_connection_check_interval", "1s", k14, true},

    PinnedSetting{"default_transaction_read_only", "on"},
    PinnedSetting{"default_transaction_isolation", "read committed"},
    PinnedSetting{"default_transaction_deferrable", "off"},
    // Row level security would hide rows, and its policies run code of their owners.
    PinnedSetting{"row_security", "off"},
    PinnedSetting{"restrict_nonsystem_relation_kind", "view, foreign-table", kRestrict},
    PinnedSetting{"search_path", "pg_catalog"},

    // The format of values.
    PinnedSetting{"extra_float_digits", "1"},
    PinnedSetting{"DateStyle", "ISO, MDY"},
    PinnedSetting{"IntervalStyle", "postgres"},
    PinnedSetting{"TimeZone", "UTC"},
    PinnedSetting{"bytea_output", "hex"},
    PinnedSetting{"quote_all_identifiers", "off"},
    PinnedSetting{"xmlbinary", "base64"},
    PinnedSetting{"xmloption", "content"},
    PinnedSetting{"lc_numeric", "C"},
    PinnedSetting{"lc_monetary", "C"},
    PinnedSetting{"lc_time", "C"},

    // How SQL is parsed.
    PinnedSetting{"standard_conforming_strings", "on"},
    PinnedSetting{"backslash_quote", "safe_encoding"},
    PinnedSetting{"escape_string_warning", "on"},
    PinnedSetting{"array_nulls", "on"},
    PinnedSetting{"transform_null_equals", "off"},
    PinnedSetting{"stats_fetch_consistency", "cache", k15},
    PinnedSetting{"client_min_messages", "error"},

    // How it is planned: the metrics of a game depend on whether indexes can be used.
    PinnedSetting{"jit", "off"},
    PinnedSetting{"max_parallel_workers_per_gather", "0"},
    PinnedSetting{"plan_cache_mode", "force_generic_plan"},
    PinnedSetting{"enable_seqscan", "on"},
    PinnedSetting{"enable_indexscan", "on"},
    PinnedSetting{"enable_indexonlyscan", "on"},
    PinnedSetting{"enable_bitmapscan", "on"},
};

std::string Concatenation(std::span<const Pin> pins, std::string (*term)(const Pin&)) {
  std::string sql = "SELECT pg_catalog.concat_ws(pg_catalog.chr(31)";
  for (const Pin& pin : pins) {
    sql += ", " + term(pin);
  }
  return sql + ")";
}

std::string Milliseconds(Duration duration) {
  return fmt::format("{}ms", duration.count());
}

}  // namespace

std::span<const PinnedSetting> PinnedSettings() {
  return kSettings;
}

bool Supports(int version, const PinnedSetting& setting) {
  if (setting.since.empty() || version >= setting.since.back()) {
    return true;
  }
  return std::any_of(setting.since.begin(), setting.since.end(), [&](int since) {
    return since / kMajor == version / kMajor && version >= since;
  });
}

std::vector<Pin> PinsFor(int version, const SessionLimits& limits, std::string_view role,
                         bool optional) {
  std::vector<Pin> pins{
      {"role", std::string(role)},
      {"statement_timeout", Milliseconds(limits.statement)},
      {"lock_timeout", Milliseconds(limits.lock)},
      {"idle_in_transaction_session_timeout", Milliseconds(limits.idle_in_transaction)},
  };
  for (const PinnedSetting& setting : kSettings) {
    if (Supports(version, setting) && (optional || !setting.optional)) {
      pins.push_back({std::string(setting.name), std::string(setting.value)});
    }
  }
  return pins;
}

std::string PrepareApplyPins(std::span<const Pin> pins) {
  return "PREPARE hakem_pins AS " + Concatenation(pins, [](const Pin& pin) {
           return fmt::format("pg_catalog.set_config({}, {}, false)", QuoteLiteral(pin.name),
                              QuoteLiteral(pin.value));
         });
}

std::string PrepareReadPins(std::span<const Pin> pins) {
  return "PREPARE hakem_look AS " + Concatenation(pins, [](const Pin& pin) {
           return fmt::format("pg_catalog.current_setting({})", QuoteLiteral(pin.name));
         });
}

std::string LimitsSql(const SessionLimits& limits) {
  return fmt::format(
      "SET statement_timeout = {}; SET lock_timeout = {}; "
      "SET idle_in_transaction_session_timeout = {}; SET search_path = pg_catalog",
      limits.statement.count(), limits.lock.count(), limits.idle_in_transaction.count());
}

std::string ChangedPins(std::span<const Pin> pins, std::string_view expected,
                        std::string_view found) {
  const auto take = [](std::string_view& texts) {
    const std::string_view first = texts.substr(0, texts.find(kSeparator));
    texts.remove_prefix(std::min(texts.size(), first.size() + 1));
    return first;
  };
  std::string names;
  for (const Pin& pin : pins) {
    if (take(expected) != take(found)) {
      names += (names.empty() ? "" : ", ") + pin.name;
    }
  }
  return names;
}

}  // namespace hakem::exporter
