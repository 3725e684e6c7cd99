#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "collectors/core/game_options.h"
#include "collectors/core/session.h"

namespace hakem::collectors {

/// A readable column of a game's table.
struct GameColumn {
  /// The type as SQL writes it, such as `character varying`. For a domain it is the base type, so
  /// that none of our values is cast to the domain: its constraints are its owner's code.
  std::string type = {};
  /// Values that the catalog lists: labels of an enum, the list of a CHECK constraint, the most
  /// common values of ANALYZE. Sorted, without duplicates.
  std::vector<std::string> values = {};
  bool closed = false;     ///< No other values are possible because of an enum or a constraint.
  bool indexed = false;    ///< A btree index can read a range of it.
  bool is_text = false;    ///< A text of any length with any characters.
  bool is_domain = false;  ///< A domain over `type`.

  bool operator==(const GameColumn&) const = default;
};

/// A table of a game, with the columns that Hakem knows.
struct GameTable {
  std::string source = {};  ///< What to write after FROM; its columns have Hokm's names.
  std::map<std::string, GameColumn, std::less<>> columns = {};  ///< Readable columns by name.
  std::vector<std::string> forbidden = {};  ///< Columns that this role may not read.
  /// Columns of a type that cannot be computed with, and that type.
  std::map<std::string, std::string, std::less<>> unsupported = {};
  std::string relation = {};   ///< The OID of the table.
  bool is_publishable = true;  ///< The result of pg_relation_is_publishable.
  /// Why reading the table is not safe, with the remedy; empty if it is safe.
  std::string refusal = {};
  /// Why reading the table would cost too much, with the remedy; empty if it does not.
  std::string suspension = {};

  bool operator==(const GameTable&) const = default;
};

/// The tables and columns of a game that Hakem knows, as far as they exist. It is read from the
/// catalog, so nothing about a server's variant is assumed. Tables and columns have Hokm's names
/// here, whatever the game calls them. An immutable value once it is complete.
struct GameSchema {
  std::string name;  ///< Empty if no schema of the database has a game.
  std::map<std::string, GameTable, std::less<>> tables = {};
  GameNames names = {};       ///< The game's own names of tables and columns.
  StatusWords statuses = {};  ///< Only words that the status column can have.

  bool operator==(const GameSchema&) const = default;

  /// Returns the column, or null if WhyUnavailable has a reason: it does not exist, may not be
  /// read, cannot be computed with, or its table is refused or suspended. The pointer lives as long
  /// as this object.
  const GameColumn* Find(std::string_view table, std::string_view column) const;

  bool Has(std::string_view table, std::string_view column) const {
    return Find(table, column) != nullptr;
  }

  /// Returns what to write after FROM: `"hokm_game"."game_moves"`, or for a game with other names a
  /// sub-select that renames the columns, which the planner flattens. Requires: the table exists.
  const std::string& Source(std::string_view table) const;

  /// Returns why Find returns null, as one line: `there is no table hokm_game.game_moves`.
  std::string WhyUnavailable(std::string_view table, std::string_view column) const;
};

/// Checks that reading these tables, as far as they exist, is safe. It is not if that would run
/// code of their owner with the rights of our role, or if row level security would hide rows from
/// it. Errors: kRefused: names the table, the problem and the remedy.
Result<void> CheckTables(const GameSchema& schema, std::span<const std::string_view> tables);

/// Returns an SQL condition: the names of these tables still mean the relations of this schema, and
/// no row level security applies. The server answers it from its caches, without reading a page.
std::string UnchangedSql(const GameSchema& schema, std::span<const std::string_view> tables);

/// Returns the words as SQL literals: `'waiting', 'active'`.
std::string Literals(std::span<const std::string> words);

/// Returns the condition that `status` is one of these words; `false` for none. They are literals,
/// so that the planner can use a partial index.
std::string StatusIn(std::span<const std::string> words);

/// The table from which completed games are read by the time of their completion.
struct FinishedGames {
  std::string_view table;
  std::string condition;  ///< A further condition on its rows; `true` for none.
  std::string_view id;    ///< The column with the id of the session.
};

/// Returns the history, or else the sessions if an index on `completed_at` makes that a short read.
/// Returns nothing if neither is available.
std::optional<FinishedGames> FinishedGamesOf(const GameSchema& schema);

/// Returns the query for ReadGameSchema. It reads from the catalog the columns of the tables that
/// the options name, in their schema or in all schemas.
std::string SchemaSql(const GameOptions& options);

/// Returns the game's schema: of the schemas with a table of sessions `hokm_game`, else `public`,
/// else the first by name. Its name is empty if there is none. Errors: kInternal: the rows are not
/// those of SchemaSql.
Result<GameSchema> ReadGameSchema(const Rows& rows, const GameOptions& options);

}  // namespace hakem::collectors
