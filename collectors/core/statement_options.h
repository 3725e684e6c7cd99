#pragma once

#include <string>
#include <vector>

namespace hakem::collectors {

/// The options of the collector `stat_statements`.
struct StatementOptions {
  int limit = 100;                                  ///< The number of statements, costliest first.
  bool include_query = false;                       ///< Also report their texts, as a label.
  int query_length = 120;                           ///< The maximum length of a text in characters.
  std::vector<std::string> exclude_databases = {};  ///< Names of databases.
  std::vector<std::string> exclude_users = {};      ///< Names of roles.
};

}  // namespace hakem::collectors
