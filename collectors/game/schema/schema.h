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

/// A column of a game's table that may be read.
struct GameColumn {
  /// As SQL writes it: `uuid`, `character varying`; of a domain the type below it, so that nothing
  /// of ours is ever made a value of the domain, whose constraints are its owner's code.
  std::string type = {};
  /// Values the catalog knows it to have: an enum's labels, the list of a CHECK constraint, what
  /// ANALYZE saw most. Sorted, each once.
  std::vector<std::string> values = {};
  bool closed = false;     ///< No other values are possible: an enum, or a CHECK constraint.
  bool indexed = false;    ///< A range of it can be read by a btree index.
  bool is_text = false;    ///< Any length, any character.
  bool is_domain = false;  ///< Over `type`.

  bool operator==(const GameColumn&) const = default;
};

struct GameTable {
  std::string source = {};  ///< As it stands behind FROM; has the columns under Hokm's names.
  std::map<std::string, GameColumn, std::less<>> columns = {};  ///< Those that may be read.
  std::vector<std::string> forbidden = {};  ///< Those that exist but may not be read.
  /// Those whose type cannot be computed with, and that type.
  std::map<std::string, std::string, std::less<>> unfit = {};
  std::string relation = {};   ///< Its OID.
  bool is_publishable = true;  ///< As pg_relation_is_publishable says: an ordinary table.
  std::string refused =
      {};  ///< Why no part of it must be read, with the remedy; empty when it can.
  std::string suspended = {};  ///< Why it must not be read although it may be; empty when it can.

  bool operator==(const GameTable&) const = default;
};

/// What a game's schema has of the tables and columns Hakem knows. An immutable value, read from
/// the catalog; nothing about a server's variant is assumed. Tables and columns go by Hokm's names,
/// whatever the game calls them.
struct GameSchema {
  std::string name;  ///< Empty: no schema here has a game.
  std::map<std::string, GameTable, std::less<>> tables = {};
  GameNames names = {};       ///< What the game calls them.
  StatusWords statuses = {};  ///< Only words the status column can have.

  bool operator==(const GameSchema&) const = default;

  /// The column, or null when the table or column does not exist, may not be read, cannot be
  /// computed with, or the table is suspended or refused.
  /// Lives as long as this object.
  const GameColumn* Find(std::string_view table, std::string_view column) const;

  bool Has(std::string_view table, std::string_view column) const {
    return Find(table, column) != nullptr;
  }

  /// What to write behind FROM: `"hokm_game"."game_moves"`, or for a game with other names a
  /// sub-select that gives the columns Hokm's; the planner sees through it. Requires: the table
  /// exists.
  const std::string& Source(std::string_view table) const;

  /// Why Find gives nothing, as one line: `there is no table hokm_game.game_moves`.
  std::string WhyNot(std::string_view table, std::string_view column) const;
};

/// Whether these tables may be read as far as they are there. They may not where that would run
/// code of their owner with the rights of our role, or where row level security would hide rows
/// from it. Errors: kRefused: names the table, what is wrong and the remedy.
Result<void> CheckTables(const GameSchema& schema, std::span<const std::string_view> tables);

/// A condition that the server answers from its caches, without reading a page: the names of these
/// tables still mean what they meant when the schema was read, and no row level security applies.
std::string UnchangedSql(const GameSchema& schema, std::span<const std::string_view> tables);

/// `'waiting', 'active'`
std::string Literals(std::span<const std::string> words);

/// The condition that `status` is one of these: literals, by which a partial index is found.
std::string StatusIn(std::span<const std::string> words);

/// Where the games that were played to their end are read by the time of it.
struct FinishedGames {
  std::string_view table;
  std::string condition;  ///< On its rows besides: `true`.
  std::string_view id;    ///< The column that has the session's id.
};

/// The history, else the sessions where an index on their ends makes that a short read; nothing
/// where neither is there.
std::optional<FinishedGames> FinishedGamesOf(const GameSchema& schema);

/// The query that ReadGameSchema reads: the columns of the tables that the options name, in their
/// schema or in every one, from the catalog alone.
std::string SchemaSql(const GameOptions& options);

/// Of the schemas that have a table of sessions: `hokm_game`, else `public`, else the first by
/// name. Its name is empty when there is none. Errors: kInternal: not SchemaSql's rows.
Result<GameSchema> ReadGameSchema(const Rows& rows, const GameOptions& options);

}  // namespace hakem::collectors
