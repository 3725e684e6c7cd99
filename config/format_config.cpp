#include <fmt/format.h>

#include <iterator>

#include "config/config.h"
#include "config/keys/key_table.h"
#include "model/duration.h"

namespace hakem::config {
namespace {

using Output = std::back_insert_iterator<std::string>;

void FormatReceivers(const ReceiverConfig& receivers, Output out) {
  fmt::format_to(out, "# from the environment\n# ALERT_WEBHOOK={}\n# ALERT_EMAIL={}\n",
                 receivers.slack_webhook.Masked(), fmt::join(receivers.email_to, ","));
  fmt::format_to(out, "# SMTP_HOST={}\n# SMTP_PORT={}\n# SMTP_TLS={}\n# SMTP_USER={}\n",
                 receivers.smtp_host, receivers.smtp_port, receivers.smtp_tls, receivers.smtp_user);
  fmt::format_to(out, "# SMTP_PASSWORD={}\n# SMTP_FROM={}\n", receivers.smtp_password.Masked(),
                 receivers.smtp_from);
}

}  // namespace

std::string FormatConfigForApi(const Config& config) {
  return fmt::format(
      "# Read by clients of Prometheus; the keys of hakem.yml follow.\n"
      "global:\n  scrape_interval: {0}\n  scrape_timeout: {0}\n  evaluation_interval: {0}\n{1}",
      FormatDuration(config.collect.fast), FormatConfig(config));
}

std::string FormatConfig(const Config& config) {
  std::string text = FormatYaml(PrintKeys<Config>(kConfigKeys, config, kOneLineSections));
  const Output out = std::back_inserter(text);
  FormatReceivers(config.receivers, out);
  if (config.memory.requests > 0) {
    text += FormatMemoryLimits(config.memory);
  }
  return text;
}

}  // namespace hakem::config
