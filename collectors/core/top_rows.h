#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace hakem::collectors {

/// Limits the rows of one query: keeps the top rows and sums the others into one overflow row,
/// whose labels are `other`. SampleSink does the same for the series of a whole collector
/// (SeriesLimit).
///
/// - The choice is sticky. Rows are chosen by rank when the limit is first exceeded. A kept row
///   stays kept until it was missing from two rounds in a row. Then the highest row of the overflow
///   takes its place.
/// - Counters of the overflow row never fall, not even if one of its rows is dropped: they sum the
///   growth of their rows. A row that moves from the overflow to the kept rows therefore starts at
///   0, because its earlier value stays in the overflow.
/// - When a row joins an existing overflow only its further growth counts, because its value may
///   have been part of the overflow before.
/// - Over all rows together counters grow as in the database, except for that value.
///
/// Used by one thread.
class TopRows {
 public:
  using Value = std::optional<double>;

  /// How a column of the overflow row is made.
  enum class Column {
    kCounter,  ///< Sum of the growth of its rows.
    kGauge,    ///< Sum of its rows.
    kPerRow,   ///< No value: it has a meaning for a single row only, such as a time.
  };

  struct Row {
    std::string key;  ///< Unique within a round.
    double rank = 0;
    std::vector<Value> values;  ///< One for each column.
  };

  struct Selection {
    std::vector<std::size_t> kept;  ///< Indexes of the kept rows, in their order.
    std::vector<Value> overflow;    ///< One for each column; nothing if there is no overflow.
    std::size_t overflow_rows = 0;  ///< How many rows the overflow row contains.
  };

  /// `limit` is the number of kept rows.
  TopRows(std::size_t limit, std::vector<Column> columns);

  /// Takes the rows of a round and selects which are kept. Subtracts from the counters of kept rows
  /// what the overflow row already contains. A row with the key `overflow_key`, that of the
  /// overflow row itself, is part of the overflow as soon as there is one.
  Selection Select(std::span<Row> rows, std::string_view overflow_key = {});

 private:
  /// What is remembered about a row until it is gone.
  struct State {
    std::vector<double> counters = {};  ///< 0 for other columns and for counters not seen yet.
    std::uint64_t round = 0;            ///< The last round that had the row.
  };

  using States = std::map<std::string, State>;

  void UpdateKept(std::span<const Row> rows, std::string_view overflow_key);
  void AddToOverflow(const Row& row);
  void SubtractBase(Row& row);

  const std::size_t limit_;
  const std::vector<Column> columns_;
  std::uint64_t round_ = 0;
  std::uint64_t exceeded_since_ = 0;  ///< The first round beyond the limit; 0: none was.
  States kept_;                       ///< The counters are what the overflow row contains of them.
  States overflow_;                   ///< The counters are those of the last round.
  std::vector<double> growth_;        ///< The counters of the overflow row.
};

}  // namespace hakem::collectors
