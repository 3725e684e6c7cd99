#include "config/config.h"

#include <algorithm>
#include <filesystem>

#include "config/environment.h"
#include "config/keys/key_table.h"
#include "config/limits/memory_facts.h"
#include "model/known_secrets.h"
#include "model/read_file.h"

namespace hakem::config {
namespace {

/// Returns the values that count unless the file sets others.
Result<Config> Defaults(const yaml::Environment& environment) {
  Config config;
  const Result<Thresholds> thresholds = ThresholdsFromEnvironment(environment);
  if (!thresholds) {
    return Fail(thresholds.error());
  }
  config.target.thresholds = *thresholds;
  config.state_directory = StateDirectoryFromEnvironment(environment);
  return config;
}

/// Copies the threshold of long-running games to the collector, which counts them by the number
/// that the alert uses.
Config WithGameDurations(Config config) {
  for (collectors::GameOptions& game : config.target.games) {
    const double seconds =
        Threshold(config.target.thresholds, "max_game_duration_seconds", game.name);
    game.max_game_duration =
        std::chrono::duration_cast<Duration>(std::chrono::duration<double>(seconds));
  }
  return config;
}

/// Returns the secrets of a configuration. A password that equals a name which is shown anyway is
/// not among them: masking that name would give the password away.
std::vector<Secret> SecretsOf(const Config& config) {
  constexpr std::size_t kShortestToken = 20;
  const Conninfo& conninfo = config.target.conninfo;
  std::vector<Secret> secrets = conninfo.Secrets();
  std::erase_if(secrets, [&](const Secret& secret) {
    return secret.Reveal() == conninfo.Get("user") || secret.Reveal() == conninfo.Get("dbname") ||
           secret.Reveal() == conninfo.Get("host");
  });
  secrets.emplace_back(config.target.password_command);
  secrets.push_back(config.receivers.smtp_password);
  const std::string& webhook = config.receivers.slack_webhook.Reveal();
  secrets.push_back(config.receivers.slack_webhook);
  const std::size_t host = std::min(webhook.find("://"), webhook.size());
  const std::size_t path = webhook.find('/', std::min(host + 3, webhook.size()));
  if (path != webhook.npos && webhook.size() - path >= kShortestToken) {
    secrets.emplace_back(webhook.substr(path));
  }
  return secrets;
}

}  // namespace

Result<Config> ParseConfig(std::string_view text, std::string_view file,
                           const yaml::Environment& environment) {
  const Result<yaml::Node> node = yaml::Node::Parse(text, file);
  if (!node) {
    return Fail(node.error());
  }
  Result<Config> config = Defaults(environment);
  if (!config) {
    return config;
  }
  yaml::MapReader reader(*node, &environment);
  const std::string folder = std::filesystem::path(file).parent_path().string();
  ReadKeys<Config>(reader, folder, kConfigKeys, *config);
  if (Result<void> finished = reader.Finish(); !finished) {
    return Fail(finished.error());
  }
  if (const Result<void> checked = CheckLibpqVariables(config->target.conninfo, environment);
      !checked) {
    return Fail(checked.error());
  }
  return WithGameDurations(*std::move(config));
}

Result<Config> ConfigFromEnvironment(const yaml::Environment& environment) {
  Result<Config> config = Defaults(environment);
  if (!config) {
    return config;
  }
  Result<Conninfo> conninfo = ConninfoFromEnvironment(environment);
  if (!conninfo) {
    return Fail(conninfo.error());
  }
  config->target.conninfo = *std::move(conninfo);
  config->target.password_file = PasswordFileFromEnvironment(environment);
  return WithGameDurations(*std::move(config));
}

Result<Config> LoadConfig(const std::string& path, const yaml::Environment& environment) {
  Result<Config> config = path.empty() ? ConfigFromEnvironment(environment)
                                       : ReadFile(path).and_then([&](const std::string& text) {
                                           return ParseConfig(text, path, environment);
                                         });
  if (config) {
    for (const Secret& secret : SecretsOf(*config)) {
      AddKnownSecret(secret);
    }
    config->memory =
        DivideMemory(ReadMemoryFacts(), config->history.max_bytes, config->history_is_sized);
    config->history.max_bytes = config->memory.history_bytes;
  }
  return config;
}

}  // namespace hakem::config
