#pragma once

#include <string>
#include <vector>

namespace hakem::collectors {

/// What is told of statements by pg_stat_statements.
struct StatementOptions {
  int limit = 100;                                  ///< Statements, the costliest first.
  bool include_query = false;                       ///< Also tell their texts, as a label.
  int query_length = 120;                           ///< Characters of a text.
  std::vector<std::string> exclude_databases = {};  ///< By name.
  std::vector<std::string> exclude_users = {};      ///< By name.
};

}  // namespace hakem::collectors
