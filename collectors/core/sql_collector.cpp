#include "collectors/core/sql_collector.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "collectors/core/top_rows.h"
#include "model/check.h"

namespace hakem::collectors {
namespace {

/// The columns of one value and its labels.
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

/// Reads and scales a value; nothing for NULL. Errors: kInternal: not a number.
Result<std::optional<double>> ReadValue(const Rows& rows, std::size_t row,
                                        const Position& position) {
  const auto text = rows.Text(row, position.column);
  if (!text) {
    return std::nullopt;
  }
  const auto number = rows.Number(row, position.column);
  if (!number) {
    return Fail(ErrorCode::kInternal, fmt::format("column \"{}\" holds \"{}\", not a number",
                                                  position.value->column, *text));
  }
  return *number * position.value->scale;
}

std::vector<std::string_view> ReadLabels(const Rows& rows, std::size_t row,
                                         const Position& position) {
  std::vector<std::string_view> values;
  for (const std::size_t label : position.labels) {
    values.push_back(rows.Text(row, label).value_or(""));
  }
  return values;
}

/// Joins the labels of a row to a key for TopRows.
std::string KeyOf(const std::vector<std::string_view>& labels) {
  std::string key;
  for (const std::string_view label : labels) {
    key.append(label).push_back('\xFF');
  }
  return key;
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
    const auto value = ReadValue(rows, row, position);
    if (!value) {
      return Fail(value.error());
    }
    if (!*value) {
      return {};
    }
    label_values_.clear();
    for (const std::size_t label : position.labels) {
      label_values_.push_back(rows.Text(row, label).value_or(""));
    }
    sink.Write(position.value->family, label_values_, **value);
    return {};
  }

  const std::span<const SqlQuery> queries_;
  std::vector<std::string_view> label_values_;  // A member only to keep its capacity.
};

std::vector<TopRows::Column> ColumnsOf(std::initializer_list<std::span<const SqlValue>> queries) {
  std::vector<TopRows::Column> columns;
  const auto labels = queries.begin()->front().family.labels;
  for (const auto& values : queries) {
    for (const SqlValue& value : values) {
      HAKEM_CHECK(std::equal(value.family.labels.begin(), value.family.labels.end(), labels.begin(),
                             labels.end()));
      columns.push_back(value.is_per_row                            ? TopRows::Column::kPerRow
                        : value.family.type == MetricType::kCounter ? TopRows::Column::kCounter
                                                                    : TopRows::Column::kGauge);
    }
  }
  return columns;
}

/// The result of a query whose values all have the same labels.
struct Table {
  Rows rows;
  std::vector<Position> positions;
  std::vector<TopRows::Row> read;  ///< The values of the rows; the ranks are not set.
};

Result<Table> ReadTable(Session& session, const SqlQuery& query) {
  auto rows = session.Query(query.sql);
  if (!rows) {
    return Fail(rows.error());
  }
  auto positions = FindColumns(query, session.facts().version, *rows);
  if (!positions) {
    return Fail(positions.error());
  }
  std::vector<TopRows::Row> read(rows->size());
  for (std::size_t row = 0; row < rows->size(); ++row) {
    read[row].key = KeyOf(ReadLabels(*rows, row, positions->front()));
    for (const Position& position : *positions) {
      const auto value = ReadValue(*rows, row, position);
      if (!value) {
        return Fail(value.error());
      }
      read[row].values.push_back(*value);
    }
  }
  return Table{std::move(*rows), std::move(*positions), std::move(read)};
}

/// The last values of a RareQuery.
class CachedValues {
 public:
  explicit CachedValues(const RareQuery& rare) : rare_(rare) {}

  /// Runs the query if it is due. After an error it is due again in the next round.
  Result<void> Refresh(const CollectorContext& context) {
    const SteadyTime now = context.clock.SteadyNow();
    if (rare_.query.sql.empty() || (read_ && now - *read_ < rare_.every)) {
      return {};
    }
    auto table = ReadTable(context.session, rare_.query);
    if (!table) {
      return Fail(table.error());
    }
    read_ = now;
    positions_ = std::move(table->positions);
    rows_.clear();
    for (TopRows::Row& row : table->read) {
      rows_.emplace(std::move(row.key), std::move(row.values));
    }
    return {};
  }

  /// Appends the values to those of each row.
  void AddTo(Table& table) const {
    table.positions.insert(table.positions.end(), positions_.begin(), positions_.end());
    for (TopRows::Row& row : table.read) {
      if (const auto cached = rows_.find(row.key); cached != rows_.end()) {
        row.values.insert(row.values.end(), cached->second.begin(), cached->second.end());
      }
      row.values.resize(table.positions.size());
    }
  }

 private:
  const RareQuery rare_;
  std::optional<SteadyTime> read_;
  std::vector<Position> positions_;
  std::unordered_map<std::string, std::vector<TopRows::Value>> rows_;
};

class LimitedSqlCollector final : public Collector {
 public:
  LimitedSqlCollector(const SqlQuery& query, int limit, const RareQuery& rare)
      : query_(query),
        cached_(rare),
        top_(static_cast<std::size_t>(limit), ColumnsOf({query.values, rare.query.values})) {}

  Result<void> Collect(const CollectorContext& context, SampleSink& sink) override {
    auto table = ReadTable(context.session, query_);
    if (!table) {
      return Fail(table.error());
    }
    const auto rank = table->rows.Column("rank");
    if (!rank) {
      return Fail(rank.error());
    }
    if (auto refreshed = cached_.Refresh(context); !refreshed) {
      return refreshed;
    }
    cached_.AddTo(*table);
    auto& [rows, positions, read] = *table;
    for (std::size_t row = 0; row < rows.size(); ++row) {
      read[row].rank = rows.Number(row, *rank).value_or(0);
    }
    const TopRows::Selection selection =
        top_.Select(read, rows.empty() ? "" : KeyOf(OverflowLabels(rows, positions.front())));
    for (const std::size_t row : selection.kept) {
      Write(positions, ReadLabels(rows, row, positions.front()), read[row].values, sink);
    }
    if (selection.overflow_rows > 0) {
      Write(positions, OverflowLabels(rows, positions.front()), selection.overflow, sink);
      sink.CountOverflow(selection.overflow_rows);
    }
    return {};
  }

 private:
  /// The labels of the overflow row. It keeps `datname`, because all rows are of one database.
  static std::vector<std::string_view> OverflowLabels(const Rows& rows, const Position& position) {
    std::vector<std::string_view> values = ReadLabels(rows, 0, position);
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (position.value->family.labels[i] != "datname") {
        values[i] = kOther;
      }
    }
    return values;
  }

  static void Write(const std::vector<Position>& positions,
                    const std::vector<std::string_view>& labels,
                    const std::vector<TopRows::Value>& values, SampleSink& sink) {
    for (std::size_t i = 0; i < positions.size(); ++i) {
      if (values[i]) {
        sink.Write(positions[i].value->family, labels, *values[i]);
      }
    }
  }

  const SqlQuery query_;
  CachedValues cached_;
  TopRows top_;
};

}  // namespace

std::unique_ptr<Collector> MakeLimitedSqlCollector(const SqlQuery& query, int limit,
                                                   const RareQuery& rare) {
  return std::make_unique<LimitedSqlCollector>(query, limit, rare);
}

std::unique_ptr<Collector> MakeSqlCollector(std::span<const SqlQuery> queries) {
  return std::make_unique<SqlCollector>(queries);
}

}  // namespace hakem::collectors
