#pragma once

#include <array>
#include <limits>
#include <memory>
#include <span>
#include <string_view>

#include "collectors/core/collector.h"

namespace hakem::collectors {

/// One value column of a query: each row gives one sample of the family. Left out on servers that
/// the family is not for, whose query need not have the column.
struct SqlValue {
  std::string_view column;
  FamilySpec family;  ///< Its labels are the columns of the same names.
  double scale = 1;   ///< Multiplied to what the server says: 0.001 makes seconds of milliseconds.
  bool is_single = false;  ///< Says something of one row alone: there is no sum of it.
};

/// The usual rows of a table of values.
consteval SqlValue Counter(std::string_view column, std::string_view name, std::string_view help,
                           std::span<const std::string_view> labels = {}) {
  return {column, {name, MetricType::kCounter, help, labels}};
}

consteval SqlValue Gauge(std::string_view column, std::string_view name, std::string_view help,
                         std::span<const std::string_view> labels = {}) {
  return {column, {name, MetricType::kGauge, help, labels}};
}

/// A gauge of how many there are of something: of several rows the sum.
consteval SqlValue Count(std::string_view column, std::string_view name, std::string_view help,
                         std::span<const std::string_view> labels) {
  return {column, {name, MetricType::kGauge, help, labels, OnDuplicate::kSum}};
}

/// A gauge that rows told together do not have: a time.
consteval SqlValue Time(std::string_view column, std::string_view name, std::string_view help,
                        std::span<const std::string_view> labels) {
  return {column, {name, MetricType::kGauge, help, labels}, 1, true};
}

/// A query and what its columns mean. A constant: adding a metric is adding a row.
struct SqlQuery {
  int min_version = 130000;
  int max_version = std::numeric_limits<int>::max();  ///< Inclusive.
  std::string_view sql;
  std::span<const SqlValue> values;
};

/// More values of the rows of a query, which cost too much to be read in every round: they are read
/// by a query of their own, with the same labels, and told as they were read last.
struct RareQuery {
  Duration every{0};  ///< From then on they are read again.
  SqlQuery query;     ///< Without SQL: there are none.
};

/// Runs the first of `queries` whose versions include the server's. A NULL value drops that sample,
/// not the row; a NULL label is an absent label.
/// Requires: `queries` and everything it refers to lives as long as the collector.
///
/// Errors of Collect: the session's. kRefused: no query for this server version. kInternal: the
/// query lacks a column or a value is not a number.
std::unique_ptr<Collector> MakeSqlCollector(std::span<const SqlQuery> queries);

/// The same for a query that may return any number of rows: at most `limit` of them are told apart,
/// the highest by the column `rank` first, and the others as one whose labels are `other`, but
/// `datname` as it is (see TopRows). A row that was not there when `rare` was read is told without.
/// Requires: all values have the same labels.
std::unique_ptr<Collector> MakeLimitedSqlCollector(const SqlQuery& query, int limit,
                                                   const RareQuery& rare = {});

/// The families of all values, for a CollectorSpec.
template <std::size_t kCount>
consteval std::array<FamilySpec, kCount> FamiliesOf(const SqlValue (&values)[kCount]) {
  std::array<FamilySpec, kCount> families;
  for (std::size_t i = 0; i < kCount; ++i) {
    families[i] = values[i].family;
  }
  return families;
}

}  // namespace hakem::collectors
