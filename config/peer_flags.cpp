#include "config/peer_flags.h"

#include <fmt/format.h>

#include <charconv>
#include <vector>

#include "model/duration.h"

namespace hakem::config {
namespace {

Result<void> Refuse(std::string_view instead) {
  return Fail(ErrorCode::kInvalidInput, std::string(instead));
}

std::vector<std::string> SplitByComma(std::string_view text) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const std::size_t comma = text.find(',');
    if (const std::string_view part = text.substr(0, comma); !part.empty()) {
      parts.emplace_back(part);
    }
    text = comma == text.npos ? std::string_view() : text.substr(comma + 1);
  }
  return parts;
}

Result<void> ReadCount(const std::string& text, int& target) {
  int count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc{} || end != text.data() + text.size() || count < 1) {
    return Refuse(fmt::format("\"{}\" is not a whole number from 1 up", text));
  }
  target = count;
  return {};
}

constexpr PeerFlag kFlags[] = {
    {"--config.file", "", false, "postgres_exporter.yml: auth_modules for /probe",
     [](Config& config, const std::string& value) -> Result<void> {
       config.probe.modules_file = value;
       return {};
     }},
    {"--web.telemetry-path", "PG_EXPORTER_WEB_TELEMETRY_PATH", false,
     "a path for the metrics besides /metrics",
     [](Config& config, const std::string& value) -> Result<void> {
       if (!value.starts_with('/')) {
         return Refuse(fmt::format("\"{}\" is not a path: it begins with /", value));
       }
       config.telemetry_path = value;
       return {};
     }},
    {"--web.systemd-socket", "", true, "refused: Hakem opens its port itself",
     [](Config&, const std::string& value) -> Result<void> {
       return value == "false" ? Result<void>()
                               : Refuse("Hakem opens its port itself: --web.listen-address");
     }},
    {"--collection-timeout", "PG_EXPORTER_COLLECTION_TIMEOUT", false,
     "the longest that a statement may take (2s in the fast lane, 30s in the slow one, if less)",
     [](Config& config, const std::string& value) -> Result<void> {
       return ParseDuration(value).and_then([&](Duration timeout) -> Result<void> {
         if (timeout <= Duration(0)) {
           return Refuse("a timeout is more than 0");
         }
         config.collect.timeout = timeout;
         return {};
       });
     }},
    {"--disable-default-metrics", "PG_EXPORTER_DISABLE_DEFAULT_METRICS", true,
     "leave out pg_static and pg_stat_database_conflicts",
     [](Config& config, const std::string& value) -> Result<void> {
       if (value != "false") {
         config.collect.enabled["pg_static"] = false;
         config.collect.enabled["stat_database_conflicts"] = false;
       }
       return {};
     }},
    {"--disable-settings-metrics", "PG_EXPORTER_DISABLE_SETTINGS_METRICS", true,
     "the same as --no-collector.settings",
     [](Config& config, const std::string& value) -> Result<void> {
       if (value != "false") {
         config.collect.enabled["settings"] = false;
       }
       return {};
     }},
    {"--auto-discover-databases", "PG_EXPORTER_AUTO_DISCOVER_DATABASES", true,
     "accepted without effect: databases are always discovered",
     [](Config&, const std::string&) -> Result<void> { return {}; }},
    {"--exclude-databases", "PG_EXPORTER_EXCLUDE_DATABASES", false,
     "databases that are not visited, separated by commas; shell patterns may be used",
     [](Config& config, const std::string& value) -> Result<void> {
       config.target.databases.exclude = SplitByComma(value);
       return {};
     }},
    {"--include-databases", "PG_EXPORTER_INCLUDE_DATABASES", false,
     "the only databases that are visited besides the one connected to",
     [](Config& config, const std::string& value) -> Result<void> {
       config.target.databases.include = SplitByComma(value);
       return {};
     }},
    {"--metric-prefix", "PG_EXPORTER_METRIC_PREFIX", false, "refused, but for pg",
     [](Config&, const std::string& value) -> Result<void> {
       return value == "pg" ? Result<void>()
                            : Refuse(
                                  "names begin with pg_, as rules and dashboards expect: rename "
                                  "by metric_relabel_configs in Prometheus");
     }},
    {"--extend.query-path", "PG_EXPORTER_EXTEND_QUERY_PATH", false, "refused",
     [](Config&, const std::string& value) -> Result<void> {
       return value.empty() ? Result<void>()
                            : Refuse(
                                  "Hakem reads no queries.yaml: run postgres_exporter beside it "
                                  "for those queries");
     }},
    {"--constantLabels", "PG_EXPORTER_CONSTANT_LABELS", false, "refused",
     [](Config&, const std::string& value) -> Result<void> {
       return value.empty() ? Result<void>()
                            : Refuse(
                                  "set `labels` of the scrape job in Prometheus, or the name of "
                                  "the target in hakem.yml, which becomes the label server");
     }},
    {"--dumpmaps", "", true, "refused",
     [](Config&, const std::string& value) -> Result<void> {
       return value == "false" ? Result<void>()
                               : Refuse(
                                     "there are no maps: `hakem explain collectors` lists what "
                                     "is collected");
     }},
    {"--collector.stat_statements.include_query", "", true,
     "report the beginning of each statement's text, as a label",
     [](Config& config, const std::string& value) -> Result<void> {
       config.collect.statements.include_query = value != "false";
       return {};
     }},
    {"--collector.stat_statements.query_length", "", false,
     "characters of a statement's text (default 120)",
     [](Config& config, const std::string& value) {
       return ReadCount(value, config.collect.statements.query_length);
     }},
    {"--collector.stat_statements.limit", "", false,
     "statements that are reported, the costliest first (default 100)",
     [](Config& config, const std::string& value) {
       return ReadCount(value, config.collect.statements.limit);
     }},
    {"--collector.stat_statements.exclude_databases", "", false,
     "databases whose statements are not reported, separated by commas",
     [](Config& config, const std::string& value) -> Result<void> {
       config.collect.statements.exclude_databases = SplitByComma(value);
       return {};
     }},
    {"--collector.stat_statements.exclude_users", "", false,
     "roles whose statements are not reported, separated by commas",
     [](Config& config, const std::string& value) -> Result<void> {
       config.collect.statements.exclude_users = SplitByComma(value);
       return {};
     }},
};

}  // namespace

std::span<const PeerFlag> PeerFlags() {
  return kFlags;
}

std::string_view WhyNoSuchCollector(std::string_view name) {
  return name == "xlog_location" ? "it is for servers before PostgreSQL 10, which are not watched"
                                 : "";
}

}  // namespace hakem::config
