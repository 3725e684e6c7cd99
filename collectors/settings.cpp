#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <string>

#include "collectors/core/collector.h"

namespace hakem::collectors {
namespace {

constexpr FamilySpec kFamilies[] = {
    {.name = "pg_settings_",
     .type = MetricType::kGauge,
     .help = "A setting of the server that is a number or on (1) or off (0), in the unit of its "
             "name, but -1 stays -1.",
     .name_is_prefix = true},
};

// For settings that our session changes for itself, reset_val has the value that the server, the
// database or the role has set.
constexpr std::string_view kSql = R"(
SELECT name, CASE WHEN source = 'session' THEN reset_val ELSE setting END AS setting,
       coalesce(unit, '') AS unit, short_desc
FROM pg_settings
WHERE vartype IN ('bool', 'integer', 'real') AND source <> 'client'
      AND name <> 'transaction_read_only')";

/// A unit of PostgreSQL, and its size in a base unit.
struct Unit {
  std::string_view name;
  std::string_view base;
  double scale;
};

constexpr Unit kUnits[] = {
    {"us", "seconds", 1e-6},
    {"ms", "seconds", 1e-3},
    {"s", "seconds", 1},
    {"min", "seconds", 60},
    {"h", "seconds", 3600},
    {"d", "seconds", 86400},
    {"B", "bytes", 1},
    {"kB", "bytes", 1024},
    {"MB", "bytes", 1024.0 * 1024},
    {"GB", "bytes", 1024.0 * 1024 * 1024},
    {"TB", "bytes", 1024.0 * 1024 * 1024 * 1024},
};

/// Parses a unit such as "8kB", which is 8192 bytes. An unknown unit has no base and the scale 1.
Unit ParseUnit(std::string_view text) {
  double times = 1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), times);
  if (error == std::errc{}) {
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  }
  const auto* const found = std::find_if(std::begin(kUnits), std::end(kUnits),
                                         [&](const Unit& unit) { return unit.name == text; });
  return found != std::end(kUnits) ? Unit{found->name, found->base, times * found->scale}
                                   : Unit{text, "", 1};
}

/// Returns the name of a setting's family: pg_settings_pg_stat_statements_max for
/// "pg_stat_statements.max".
std::string FamilyName(std::string_view setting, const Unit& unit) {
  std::string name =
      fmt::format("{}{}{}{}", kFamilies[0].name, setting, unit.base.empty() ? "" : "_", unit.base);
  const auto is_odd = [](char c) {
    return !IsValidMetricName(std::string_view(&c, 1)) && (c < '0' || c > '9');
  };
  std::replace_if(name.begin(), name.end(), is_odd, '_');
  return name;
}

std::optional<double> ParseSetting(std::string_view text) {
  if (text == "on" || text == "off") {
    return text == "on" ? 1 : 0;
  }
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size() ? std::optional(number)
                                                                  : std::nullopt;
}

/// Has one family for each setting. The server names the settings, so families are made when a
/// setting is first seen.
class SettingsCollector final : public Collector {
 public:
  Result<void> Collect(const CollectorContext& context, SampleSink& sink) override {
    const auto rows = context.session.Query(kSql);
    if (!rows) {
      return Fail(rows.error());
    }
    for (std::size_t row = 0; row < rows->size(); ++row) {
      const auto text = [&](std::size_t column) { return rows->Text(row, column).value_or(""); };
      const auto value = ParseSetting(text(1));
      if (!value) {
        continue;
      }
      const Unit unit = ParseUnit(text(2));
      sink.Write(FamilyOf(FamilyName(text(0), unit), text(3)), {},
                 *value == -1 ? -1 : *value * unit.scale);
    }
    return {};
  }

 private:
  struct Family {
    std::string help;
    FamilySpec spec;
  };

  const FamilySpec& FamilyOf(std::string name, std::string_view help) {
    const auto [entry, is_new] = families_.try_emplace(std::move(name));
    Family& family = entry->second;
    if (is_new) {
      family.help = help;
      family.spec = {
          .name = entry->first, .type = MetricType::kGauge, .help = family.help, .labels = {}};
    }
    return family.spec;
  }

  std::map<std::string, Family> families_;  // Nodes of the map keep their addresses.
};

}  // namespace

extern const CollectorSpec settings;
constinit const CollectorSpec settings{
    .name = "settings",
    .help = "Every setting of the server that is a number or a switch.",
    .enabled_by_default = true,
    .lane = Lane::kSlow,
    .priority = Priority::kOptional,
    .families = kFamilies,
    .make = [](const CollectorOptions&) -> std::unique_ptr<Collector> {
      return std::make_unique<SettingsCollector>();
    }};

}  // namespace hakem::collectors
