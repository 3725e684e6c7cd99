#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace hakem::collectors {

/// Tells at most so many rows apart and the rest together, so that nothing swings and no sum is
/// wrong. Who is told apart is chosen when the limit is first exceeded, by rank, and stays so until
/// it is gone; its place goes to the highest of the others, whose counters then begin at 0, since
/// what they had is told with the rest. So a counter of the rest never falls, also when one of them
/// is dropped, and all rows together grow as they do in the database. Used by one thread.
class TopRows {
 public:
  using Value = std::optional<double>;

  /// What a column of values is.
  enum class Column {
    kCounter,  ///< Told as the sum of what the rest has grown.
    kGauge,    ///< Told as the sum of the rest.
    kSingle,   ///< Of one row alone, such as a time: not told of the rest.
  };

  struct Row {
    std::string key;  ///< Each once.
    double rank = 0;
    std::vector<Value> values;  ///< One for each column.
  };

  struct Told {
    std::vector<std::size_t> rows;  ///< Indexes of the rows told apart, in their order.
    std::vector<Value> rest;        ///< One for each column; nothing where there is no rest.
    std::size_t folded = 0;         ///< How many rows are the rest.
  };

  TopRows(std::size_t limit, std::vector<Column> columns);

  /// Takes a round of rows in; where it must, changes the counters of those told apart.
  Told Take(std::span<Row> rows);

 private:
  using Numbers = std::vector<double>;

  void Choose(std::span<const Row> rows);
  void AddToRest(const Row& row);
  void TakeBase(Row& row);

  const std::size_t limit_;
  const std::vector<Column> columns_;
  bool exceeded_ = false;  ///< Once it was, it is remembered who is told apart.
  std::map<std::string, Numbers>
      top_;  ///< What each had when it was chosen and told with the rest.
  std::map<std::string, Numbers> last_;  ///< Counters of the rest, as seen last.
  Numbers grown_;                        ///< The rest's counters.
};

}  // namespace hakem::collectors
