#include "config/restart_keys.h"

#include <tuple>

namespace hakem::config {
namespace {

bool Equal(const ReceiverConfig& one, const ReceiverConfig& other) {
  const auto values = [](const ReceiverConfig& config) {
    return std::tie(config.slack_webhook.Reveal(), config.email_to, config.smtp_host,
                    config.smtp_port, config.smtp_user, config.smtp_password.Reveal(),
                    config.smtp_from, config.smtp_tls);
  };
  return values(one) == values(other);
}

std::string RestartText(const Key<Config>& key) {
  std::string text(key.path);
  if (!key.restart_scope.empty()) {
    text.append(", for ").append(key.restart_scope);
  }
  return text;
}

}  // namespace

std::vector<std::string> NeedRestart(const Config& before, const Config& after) {
  std::vector<std::string> keys;
  for (const Key<Config>& key : kConfigKeys) {
    if (key.needs_restart && !key.access.equal(before, after)) {
      keys.push_back(RestartText(key));
    }
  }
  if (!Equal(before.receivers, after.receivers)) {
    keys.emplace_back("receivers");  // They come from the environment, so they have no key.
  }
  return keys;
}

}  // namespace hakem::config
