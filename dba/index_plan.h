#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "collectors/game/schema/schema.h"
#include "dba/plan.h"
#include "model/time.h"

namespace hakem::dba {

/// An index that makes a collection of a game cheaper. All names are the game's.
struct WantedIndex {
  /// The condition of a partial index.
  struct Condition {
    enum class Kind {
      kWords,    ///< The column has one of the words.
      kTrue,     ///< The column is true.
      kNotNull,  ///< The column is not null.
    };

    std::string column;
    Kind kind = Kind::kWords;
    std::vector<std::string> words = {};  ///< Empty unless the kind is kWords.
    std::string sql = {};
  };

  std::string name;
  std::string schema;
  std::string table;
  std::vector<std::string> keys;
  std::vector<std::string> included;   ///< In INCLUDE: read from the index instead of the table.
  std::optional<Condition> condition;  ///< None: the index has all rows.
  bool any_key = false;  ///< A partial index with the same condition serves, whatever its columns.
  std::string_view why;

  /// `"schema"."table"`
  std::string Relation() const;
};

/// An index that exists, as the catalogs describe it.
struct ExistingIndex {
  std::string name;
  std::string table;
  bool is_btree = true;
  bool is_valid = true;           ///< False: a failed build left it over.
  bool is_building = false;       ///< A session builds it now.
  std::vector<std::string> keys;  ///< Column names; "" for an expression.
  std::vector<std::string> included = {};
  std::string predicate = {};  ///< The condition as pg_get_expr prints it; empty: all rows.
};

/// The statistics of a column, from ANALYZE.
struct ColumnStatistics {
  std::int64_t width = 32;  ///< Average number of bytes.
  double null_share = 0;    ///< Share of rows that are null, 0 to 1.
  /// pg_stats.n_distinct: the number of different values; if negative, minus that number's share of
  /// the rows; 0 if unknown.
  double distinct = 0;
  std::map<std::string, double, std::less<>> common = {};  ///< Common values, their share of rows.
};

/// The size of a table, from the catalogs.
struct TableStatistics {
  double rows = -1;             ///< Number when it was last analyzed; negative: never.
  std::int64_t pages = 0;       ///< Number when it was last analyzed.
  std::int64_t bytes = 0;       ///< Size now.
  std::int64_t row_width = 64;  ///< Bytes of a row, guessed from the types of its columns.
  bool is_partitioned = false;
  std::map<std::string, ColumnStatistics, std::less<>> columns = {};  ///< By the game's names.
};

/// The size of an index that does not exist yet.
struct IndexEstimate {
  std::int64_t rows = 0;         ///< Number of rows in the index.
  std::int64_t width = 0;        ///< Bytes of one row's columns in the index.
  std::int64_t table_bytes = 0;  ///< Size of the table, which a build reads twice.
  bool is_partitioned = false;   ///< CREATE INDEX CONCURRENTLY refuses such a table.
};

/// Returns the indexes that a collection of this schema would use.
std::vector<WantedIndex> WantedIndexes(const collectors::GameSchema& schema);

/// Estimates the size from statistics alone, as the planner does. The table itself is not read.
IndexEstimate EstimateIndex(const WantedIndex& index, const TableStatistics& table);

/// Returns the columns whose statistics EstimateIndex needs: keys, included ones, the condition's.
std::vector<std::string> ColumnsOf(const WantedIndex& index);

/// Whether an existing index makes the wanted one unnecessary: it is a valid B-tree, begins with
/// the same keys, has all the columns and leaves out no row that the wanted one has. With `any_key`
/// its keys and columns do not matter.
bool Serves(const ExistingIndex& existing, const WantedIndex& wanted);

/// Returns the size of the index in bytes.
std::int64_t EstimatedBytes(const IndexEstimate& estimate);

/// Returns how long it takes to build the index on an idle machine.
Duration EstimatedBuildTime(const IndexEstimate& estimate);

/// Plans the statements that create one index, or none if an existing one serves. An index of the
/// same name that does not serve, such as one that a failed build left over, is dropped first.
/// Requires: `existing` has the indexes of the wanted index's schema.
Plan PlanIndex(const WantedIndex& wanted, const std::vector<ExistingIndex>& existing,
               const IndexEstimate& estimate);

}  // namespace hakem::dba
