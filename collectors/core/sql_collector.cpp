#include "collectors/core/sql_collector.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace hakem::collectors {
namespace {

/// Where one value and its labels stand in a row.
struct Position {
  const SqlValue* value;
  std::size_t column;
  std::vector<std::size_t> labels;
};

Result<std::vector<Position>> FindColumns(const SqlQuery& query, int version, const Rows& rows) {
  std::vector<Position> positions;
  positions.reserve(query.values.size());
  for (const SqlValue& value : query.values) {
    if (version < value.family.min_version || value.family.max_version < version) {
      continue;
    }
    const auto column = rows.Column(value.column);
    if (!column) {
      return Fail(column.error());
    }
    Position position{&value, *column, {}};
    for (const std::string_view label : value.family.labels) {
      const auto label_column = rows.Column(label);
      if (!label_column) {
        return Fail(label_column.error());
      }
      position.labels.push_back(*label_column);
    }
    positions.push_back(std::move(position));
  }
  return positions;
}

class SqlCollector final : public Collector {
 public:
  explicit SqlCollector(std::span<const SqlQuery> queries) : queries_(queries) {}

  Result<void> Collect(const CollectorContext& context, SampleSink& sink) override {
    const int version = context.session.facts().version;
    const auto query = std::find_if(queries_.begin(), queries_.end(), [&](const SqlQuery& each) {
      return each.min_version <= version && version <= each.max_version;
    });
    if (query == queries_.end()) {
      return Fail(ErrorCode::kRefused, fmt::format("no query for server version {}", version));
    }
    const auto rows = context.session.Query(query->sql);
    if (!rows) {
      return Fail(rows.error());
    }
    const auto positions = FindColumns(*query, version, *rows);
    if (!positions) {
      return Fail(positions.error());
    }
    for (std::size_t row = 0; row < rows->size(); ++row) {
      for (const Position& position : *positions) {
        if (auto written = Write(*rows, row, position, sink); !written) {
          return written;
        }
      }
    }
    return {};
  }

 private:
  Result<void> Write(const Rows& rows, std::size_t row, const Position& position,
                     SampleSink& sink) {
    const auto text = rows.Text(row, position.column);
    if (!text) {
      return {};
    }
    const auto number = rows.Number(row, position.column);
    if (!number) {
      return Fail(ErrorCode::kInternal, fmt::format("column \"{}\" holds \"{}\", not a number",
                                                    position.value->column, *text));
    }
    label_values_.clear();
    for (const std::size_t label : position.labels) {
      label_values_.push_back(rows.Text(row, label).value_or(""));
    }
    sink.Write(position.value->family, label_values_, *number * position.value->scale);
    return {};
  }

  const std::span<const SqlQuery> queries_;
  std::vector<std::string_view> label_values_;  // Kept for its capacity.
};

}  // namespace

std::unique_ptr<Collector> MakeSqlCollector(std::span<const SqlQuery> queries) {
  return std::make_unique<SqlCollector>(queries);
}

}  // namespace hakem::collectors
