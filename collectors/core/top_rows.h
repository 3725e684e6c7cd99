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

/// Tells at most so many rows apart and the rest together, so that nothing swings and no sum is
/// wrong. Who is told apart is chosen when the limit is first exceeded, by rank, and stays so until
/// it is gone, which is missing from two rounds in a row; its place goes to the highest of the
/// others, whose counters then begin at 0, since what they had is told with the rest. So a counter
/// of the rest never falls, also when one of them is dropped, and all rows together grow as they do
/// in the database, but for what a row had when it joined a rest that was told before. Used by one
/// thread.
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

  /// Takes a round of rows in; where it must, changes the counters of those told apart. A row whose
  /// key is `rest_key`, which is what the rest is called, is always part of a rest.
  Told Take(std::span<Row> rows, std::string_view rest_key = {});

 private:
  /// What is remembered of a row until it is gone.
  struct Kept {
    std::vector<double> counters = {};  ///< 0 for what is no counter, or was never there.
    std::uint64_t round = 0;            ///< That it was last in.
  };

  using KeptRows = std::map<std::string, Kept>;

  void Choose(std::span<const Row> rows, std::string_view rest_key);
  void AddToRest(const Row& row);
  void TakeBase(Row& row);

  const std::size_t limit_;
  const std::vector<Column> columns_;
  std::uint64_t round_ = 0;
  std::uint64_t exceeded_ = 0;  ///< Since this round it is remembered who is told apart; 0: not.
  KeptRows top_;                ///< With the counters that are told with the rest.
  KeptRows rest_;               ///< With its counters as seen last.
  std::vector<double> grown_;   ///< The rest's counters.
};

}  // namespace hakem::collectors
