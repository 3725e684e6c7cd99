#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace hakem::exporter {

/// Which databases of a server are visited, by shell patterns (`hokm_*`) over their names.
struct DatabaseFilter {
  std::vector<std::string> include = {};  ///< Empty: all.
  std::vector<std::string> exclude = {};  ///< Wins over `include`.

  bool Admits(std::string_view database) const;

  bool operator==(const DatabaseFilter&) const = default;
};

}  // namespace hakem::exporter
