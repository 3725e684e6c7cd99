#include "exporter/scrape/target_setup.h"

#include <unistd.h>

#include <array>

namespace hakem::exporter {

Labels ServerLabels(const config::TargetConfig& target) {
  return {{"server", target.name}};
}

Labels TargetLabels(const config::Config& config, const web::ListenAddress& address) {
  return {{"job", config.job},
          {"instance", config.instance.empty() ? ReachableAddress(address) : config.instance}};
}

ScrapeOptions MakeScrapeOptions(const config::Config& config, collectors::GameStore* game_store) {
  return {.server = config.target.name,
          .fast = config.collect.fast,
          .slow = config.collect.slow,
          .enabled = config.collect.enabled,
          .games = config.target.games,
          .game_store = game_store,
          .databases = config.target.databases,
          .statements = config.collect.statements,
          .limits = config.collect.limits,
          .max_series = config.collect.max_series,
          .longest_statement = config.collect.timeout,
          .cost_budget = config.collect.budget};
}

std::string ReachableAddress(const web::ListenAddress& address) {
  if (!address.host.empty()) {
    return web::FormatListenAddress(address);
  }
  std::array<char, 256> name{};
  const bool known = gethostname(name.data(), name.size() - 1) == 0;
  return web::FormatListenAddress(
      {.host = known ? name.data() : "localhost", .port = address.port});
}

}  // namespace hakem::exporter
