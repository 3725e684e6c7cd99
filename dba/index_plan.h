#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "collectors/game/schema/schema.h"
#include "dba/setup_plan.h"
#include "model/time.h"

namespace hakem::exporter {

/// An index that makes a collection of the game cheaper, with the names of the game at hand.
struct WantedIndex {
  /// Rows that the index leaves out.
  struct Only {
    /// Which rows the index keeps.
    enum class Kept {
      kWords,    ///< Those whose column has one of the words.
      kTrue,     ///< Those whose column is true.
      kNotNull,  ///< Those whose column has a value.
    };

    std::string column;  ///< Of which the condition is.
    Kept kept = Kept::kWords;
    std::vector<std::string> words = {};  ///< Empty unless kept is kWords.
    std::string sql = {};                 ///< The condition.
  };

  std::string name;
  std::string schema;
  std::string table;
  std::vector<std::string> keys;
  std::vector<std::string> included;  ///< Read from the index instead of the table.
  std::optional<Only> only;
  bool any_key = false;  ///< One of the same rows serves whatever its columns.
  std::string_view why;

  /// `"schema"."table"`
  std::string Relation() const;
};

/// An index that a table has, from the catalog.
struct ExistingIndex {
  std::string name;
  std::string table;
  bool is_btree = true;
  bool is_valid = true;           ///< False: left over by a build that failed.
  bool is_building = false;       ///< A session works on it now.
  std::vector<std::string> keys;  ///< Column names; "" where it is an expression.
  std::vector<std::string> included = {};
  std::string predicate = {};  ///< As pg_get_expr writes it; empty: all rows.
};

/// What ANALYZE found in a column.
struct ColumnStatistics {
  std::int64_t width = 32;  ///< Bytes, on average.
  double null_share = 0;    ///< 0 to 1.
  /// How many different values: a number, or below 0 a share of the rows, as pg_stats has it; 0
  /// when nobody knows.
  double distinct = 0;
  std::map<std::string, double, std::less<>> common = {};  ///< Value to its share of the rows.
};

/// What the catalogs know of a table's size.
struct TableStatistics {
  double rows = -1;             ///< When it was last analyzed; negative: never.
  std::int64_t pages = 0;       ///< At that time.
  std::int64_t bytes = 0;       ///< Now.
  std::int64_t row_width = 64;  ///< A guess by the types of all its columns.
  bool is_partitioned = false;
  std::map<std::string, ColumnStatistics, std::less<>> columns = {};  ///< By the game's names.
};

/// How big an index would be that is not there yet.
struct IndexEstimate {
  std::int64_t rows = 0;         ///< That would be in it.
  std::int64_t width = 0;        ///< Bytes of a row's columns in it.
  std::int64_t table_bytes = 0;  ///< To be read, twice.
  bool is_partitioned = false;   ///< CREATE INDEX CONCURRENTLY refuses such a table.
};

/// The indexes that help with this schema: those that a collection would read.
std::vector<WantedIndex> WantedIndexes(const collectors::GameSchema& schema);

/// From statistics alone, as the planner would: nothing is planned or read of the table itself.
IndexEstimate EstimateIndex(const WantedIndex& index, const TableStatistics& table);

/// The columns of which an estimate needs the statistics: keys, included, the condition's.
std::vector<std::string> ColumnsOf(const WantedIndex& index);

/// Whether an index that is there does what the wanted one would: the same leading keys, all its
/// columns (neither where any key does), and no rows left out that the other has.
bool Serves(const ExistingIndex& existing, const WantedIndex& wanted);

/// How big the index gets, in bytes, and how long its building takes on an idle machine.
std::int64_t EstimatedBytes(const IndexEstimate& estimate);
Duration EstimatedBuildTime(const IndexEstimate& estimate);

/// The statements that make one wanted index: none where another one serves. One of its name that
/// a failed build left over is dropped first.
/// Requires: `existing` is of the index's schema.
SetupPlan PlanIndex(const WantedIndex& wanted, const std::vector<ExistingIndex>& existing,
                    const IndexEstimate& estimate);

}  // namespace hakem::exporter
