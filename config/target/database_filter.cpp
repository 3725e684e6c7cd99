#include "config/target/database_filter.h"

#include <fnmatch.h>

#include <algorithm>

namespace hakem::config {

bool DatabaseFilter::Admits(std::string_view database) const {
  const std::string name(database);
  const auto matches = [&](const std::string& pattern) {
    return fnmatch(pattern.c_str(), name.c_str(), 0) == 0;
  };
  return (include.empty() || std::any_of(include.begin(), include.end(), matches)) &&
         std::none_of(exclude.begin(), exclude.end(), matches);
}

}  // namespace hakem::config
