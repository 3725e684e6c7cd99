#include <fmt/format.h>

#include <iterator>

#include "collectors/core/collector.h"
#include "config/config.h"
#include "config/game_config.h"
#include "config/shown_text.h"
#include "model/byte_size.h"
#include "model/duration.h"

namespace hakem::exporter {
namespace {

using Output = std::back_insert_iterator<std::string>;

std::string YamlList(const std::vector<std::string>& texts) {
  std::string list;
  for (const std::string& text : texts) {
    list += (list.empty() ? "" : ", ") + YamlText(text);
  }
  return "[" + list + "]";
}

void FormatTarget(const TargetConfig& target, Output out) {
  fmt::format_to(out, "targets:\n  - name: {}\n    dsn: {}\n", YamlText(target.name),
                 YamlText(target.conninfo.Masked()));
  if (!target.password_file.empty()) {
    fmt::format_to(out, "    password_file: {}\n", YamlText(target.password_file));
  }
  if (!target.password_command.empty()) {
    fmt::format_to(out, "    password_command: {}\n",
                   YamlText(MaskedCommand(target.password_command)));
  }
  fmt::format_to(out, "    databases: {{include: {}, exclude: {}}}\n",
                 YamlList(target.databases.include), YamlList(target.databases.exclude));
  fmt::format_to(out, "    games:\n");
  for (const collectors::GameOptions& game : target.games) {
    fmt::format_to(out, "{}        thresholds:\n", FormatGameOptions(game, 6));
    for (std::size_t i = 0; i < kThresholds.size(); ++i) {
      fmt::format_to(out, "          {}: {}\n", kThresholds[i].name,
                     target.thresholds.Of(game.name)[i]);
    }
  }
}

/// What can be set of this collector alone, as `, key: value`.
std::string FormatCollectorOptions(const collectors::CollectorSpec& spec,
                                   const CollectConfig& collect) {
  const auto set = collect.max_series.find(std::string(spec.name));
  const std::string max_series =
      fmt::format(", max_series: {}",
                  set == collect.max_series.end() ? spec.default_max_series() : set->second);
  if (spec.name == "stat_statements") {
    const collectors::StatementOptions& statements = collect.statements;
    return max_series +
           fmt::format(
               ", limit: {}, include_query: {}, query_length: {}, exclude_databases: {}, "
               "exclude_users: {}",
               statements.limit, statements.include_query, statements.query_length,
               YamlList(statements.exclude_databases), YamlList(statements.exclude_users));
  }
  if (spec.has_limit) {
    const auto limit = collect.limits.find(std::string(spec.name));
    return fmt::format("{}, limit: {}", max_series,
                       limit == collect.limits.end() ? collectors::kDefaultLimit : limit->second);
  }
  return max_series;
}

void FormatCollect(const CollectConfig& collect, Output out) {
  fmt::format_to(out, "collect:\n  lanes: {{fast: {}, slow: {}}}\n  collectors:\n",
                 FormatDuration(collect.fast), FormatDuration(collect.slow));
  for (const collectors::CollectorSpec* spec : collectors::kCollectors) {
    const auto set = collect.enabled.find(std::string(spec->name));
    fmt::format_to(out, "    {}: {{enabled: {}{}}}\n", spec->name,
                   set == collect.enabled.end() ? spec->enabled_by_default : set->second,
                   FormatCollectorOptions(*spec, collect));
  }
  fmt::format_to(out, "  budget: {}\n  timeout: {}\n", collect.budget,
                 FormatDuration(collect.timeout));
}

void FormatReceivers(const ReceiverConfig& receivers, Output out) {
  fmt::format_to(out, "# from the environment\n# ALERT_WEBHOOK={}\n# ALERT_EMAIL={}\n",
                 receivers.slack_webhook.Masked(), fmt::join(receivers.email_to, ","));
  fmt::format_to(out, "# SMTP_HOST={}\n# SMTP_PORT={}\n# SMTP_TLS={}\n# SMTP_USER={}\n",
                 receivers.smtp_host, receivers.smtp_port, receivers.smtp_tls, receivers.smtp_user);
  fmt::format_to(out, "# SMTP_PASSWORD={}\n# SMTP_FROM={}\n", receivers.smtp_password.Masked(),
                 receivers.smtp_from);
}

}  // namespace

std::string YamlText(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      quoted += '\\';
    }
    quoted += c;
  }
  return quoted + '"';
}

std::string FormatConfigForApi(const Config& config) {
  return fmt::format(
      "# Read by clients of Prometheus; the keys of hakem.yml follow.\n"
      "global:\n  scrape_interval: {0}\n  scrape_timeout: {0}\n  evaluation_interval: {0}\n{1}",
      FormatDuration(config.collect.fast), FormatConfig(config));
}

std::string FormatConfig(const Config& config) {
  std::string text;
  const Output out = std::back_inserter(text);
  FormatTarget(config.target, out);
  FormatCollect(config.collect, out);
  fmt::format_to(out, "rules:\n  files: {}{}\n", YamlList(config.rule_files),
                 config.rule_files.empty() ? "  # none: the shipped rules" : "");
  fmt::format_to(out, "history: {{retention: {}, max_bytes: {}}}\n",
                 FormatDuration(config.history.retention),
                 FormatByteSize(config.history.max_bytes));
  fmt::format_to(out, "state: {{directory: {}}}{}\n", YamlText(config.state_directory),
                 config.state_directory.empty() ? "  # none: /var/lib/hakem, else memory" : "");
  fmt::format_to(out, "labels: {{job: {}, instance: {}}}\n", YamlText(config.job),
                 YamlText(config.instance));
  fmt::format_to(out, "probe: {{hosts: {}, modules_file: {}}}\n", YamlList(config.probe.hosts),
                 YamlText(config.probe.modules_file));
  fmt::format_to(out, "promql: {{features: {}}}\n", YamlList(promql::Names(config.features)));
  fmt::format_to(out,
                 "web:\n  listen: {}\n  telemetry_path: {}\n  external_url: {}\n  cors: {}\n"
                 "  config_file: {}\n  admin: {}\n",
                 YamlText(config.listen), YamlText(config.telemetry_path),
                 YamlText(MaskedUrl(config.external_url)), YamlText(config.cors),
                 YamlText(config.web_config_file),
                 config.admin == web::AdminPolicy::kOpen ? "open" : "local");
  FormatReceivers(config.receivers, out);
  if (config.memory.requests > 0) {
    text += FormatMemoryLimits(config.memory);
  }
  return text;
}

}  // namespace hakem::exporter
