#pragma once

#include <array>
#include <limits>
#include <memory>
#include <span>
#include <string_view>

#include "collectors/core/collector.h"

namespace hakem::collectors {

/// One value column of a query: each row gives one sample of the family. On servers whose version
/// the family excludes it is ignored, and the query need not have the column.
struct SqlValue {
  std::string_view column;
  FamilySpec family;        ///< Its labels are the columns with the same names.
  double scale = 1;         ///< Factor for the value of the server: 0.001 for milliseconds.
  bool is_per_row = false;  ///< Has no meaning summed over rows, such as a time.
};

/// A counter without scale.
consteval SqlValue Counter(std::string_view column, std::string_view name, std::string_view help,
                           std::span<const std::string_view> labels = {}) {
  return {column, {name, MetricType::kCounter, help, labels}};
}

/// A gauge without scale, of which two values for one series are a mistake.
consteval SqlValue Gauge(std::string_view column, std::string_view name, std::string_view help,
                         std::span<const std::string_view> labels = {}) {
  return {column, {name, MetricType::kGauge, help, labels}};
}

/// A gauge that counts something; the values of rows with the same labels are summed.
consteval SqlValue Count(std::string_view column, std::string_view name, std::string_view help,
                         std::span<const std::string_view> labels) {
  return {column, {name, MetricType::kGauge, help, labels, OnDuplicate::kSum}};
}

/// A gauge with a time, which overflow rows do not have.
consteval SqlValue Time(std::string_view column, std::string_view name, std::string_view help,
                        std::span<const std::string_view> labels) {
  return {column, {name, MetricType::kGauge, help, labels}, 1, true};
}

/// A query and the meaning of its columns. Usually a constant: a new metric is a new row of
/// `values`.
struct SqlQuery {
  int min_version = 130000;
  int max_version = std::numeric_limits<int>::max();  ///< Inclusive.
  std::string_view sql;
  std::span<const SqlValue> values;
};

/// A second query for values that cost too much to be read in every round. It has the same labels,
/// and its last values are reported until it runs again.
struct RareQuery {
  Duration every{0};  ///< The shortest time between two runs.
  SqlQuery query;     ///< Empty SQL: there is no such query.
};

/// Makes a collector that runs the first of `queries` for the server's version. A NULL value drops
/// that sample but not the row; a NULL label is absent. Requires: `queries` and everything that it
/// refers to live as long as the collector.
///
/// Errors of Collect: those of Session::Query; kRefused: no query for this server version;
/// kInternal: the query lacks a column, or a value is not a number.
std::unique_ptr<Collector> MakeSqlCollector(std::span<const SqlQuery> queries);

/// Makes a collector for a query with any number of rows. It keeps `limit` rows, those with the
/// highest column `rank` first, and sums the others into one row whose labels are `other` except
/// `datname` (see TopRows). A row that did not exist when `rare` last ran has no values of it yet.
/// Requires: all values have the same labels.
std::unique_ptr<Collector> MakeLimitedSqlCollector(const SqlQuery& query, int limit,
                                                   const RareQuery& rare = {});

/// Returns the families of all values, for a CollectorSpec.
template <std::size_t kCount>
consteval std::array<FamilySpec, kCount> FamiliesOf(const SqlValue (&values)[kCount]) {
  std::array<FamilySpec, kCount> families;
  for (std::size_t i = 0; i < kCount; ++i) {
    families[i] = values[i].family;
  }
  return families;
}

}  // namespace hakem::collectors
