#include "config/settings.h"

#include <algorithm>

#include "config/keys/key_table.h"

namespace hakem::config {

std::string CheckLaneOrder(const Config& config) {
  return config.collect.slow < config.collect.fast
             ? "the slow lane's interval is shorter than the fast lane's"
             : "";
}

std::vector<std::string> ConfigKeyPaths() {
  std::vector<std::string> paths;
  ListKeyPaths<Config>("", kConfigKeys, paths);
  std::sort(paths.begin(), paths.end());
  paths.erase(std::unique(paths.begin(), paths.end()), paths.end());
  return paths;
}

}  // namespace hakem::config
