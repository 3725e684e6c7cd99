#include "config/restart_keys.h"

#include <string>
#include <tuple>

namespace hakem::exporter {

std::vector<std::string_view> NeedRestart(const Config& before, const Config& after) {
  struct Key {
    std::string_view name;
    std::string Config::*value;
  };

  constexpr Key kKeys[] = {{"web.listen", &Config::listen},
                           {"web.telemetry_path", &Config::telemetry_path},
                           {"web.external_url", &Config::external_url},
                           {"web.config_file", &Config::web_config_file},
                           {"web.cors", &Config::cors},
                           {"labels.job", &Config::job},
                           {"labels.instance", &Config::instance},
                           {"state.directory", &Config::state_directory}};
  std::vector<std::string_view> keys;
  for (const Key& key : kKeys) {
    if (before.*key.value != after.*key.value) {
      keys.push_back(key.name);
    }
  }
  if (before.collect.fast != after.collect.fast) {
    keys.emplace_back("collect.lanes.fast, for the interval of rules");
  }
  if (before.admin != after.admin) {
    keys.emplace_back("web.admin");
  }
  if (before.features != after.features) {
    keys.emplace_back("promql.features, for the HTTP API");
  }
  if (before.history.retention != after.history.retention ||
      before.history.max_bytes != after.history.max_bytes) {
    keys.emplace_back("history");
  }
  const auto receivers = [](const ReceiverConfig& config) {
    return std::tie(config.slack_webhook.Reveal(), config.email_to, config.smtp_host,
                    config.smtp_port, config.smtp_user, config.smtp_password.Reveal(),
                    config.smtp_from, config.smtp_tls);
  };
  if (receivers(before.receivers) != receivers(after.receivers)) {
    keys.emplace_back("receivers");
  }
  return keys;
}

}  // namespace hakem::exporter
