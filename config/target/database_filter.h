#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace hakem::config {

/// Selects the databases of a server that are visited, by shell patterns (`hokm_*`) of their names.
struct DatabaseFilter {
  std::vector<std::string> include = {};  ///< Empty means all.
  std::vector<std::string> exclude = {};  ///< Takes precedence over `include`.

  bool Admits(std::string_view database) const;

  bool operator==(const DatabaseFilter&) const = default;
};

}  // namespace hakem::config
