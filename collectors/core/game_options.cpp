#include "collectors/core/game_options.h"

namespace hakem::collectors {

std::string GameNames::TableName(std::string_view table) const {
  const auto found = tables.find(table);
  return found == tables.end() || found->second.table.empty() ? std::string(table)
                                                              : found->second.table;
}

std::string GameNames::ColumnName(std::string_view table, std::string_view column) const {
  const auto found = tables.find(table);
  if (found == tables.end()) {
    return std::string(column);
  }
  const auto mapped = found->second.columns.find(column);
  return mapped == found->second.columns.end() ? std::string(column) : mapped->second;
}

}  // namespace hakem::collectors
