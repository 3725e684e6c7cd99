#pragma once

#include <array>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "collectors/core/session.h"
#include "model/time.h"

namespace hakem::collectors {

/// A table of a game that is read, and its columns, by Hokm's names. The configuration can map them
/// to the names of another game.
struct GameTableSpec {
  std::string_view key;  ///< Its key under `tables` in the configuration.
  std::string_view name;
  std::span<const std::string_view> columns;
};

inline constexpr std::string_view kSessionColumns[] = {
    "id",         "status",     "game_type",    "current_players", "max_players",
    "created_at", "started_at", "completed_at", "updated_at"};
inline constexpr std::string_view kMoveColumns[] = {"game_session_id", "timestamp", "move_type",
                                                    "response_time"};
inline constexpr std::string_view kConnectionColumns[] = {
    "connection_id", "player_id", "is_active", "last_ping", "disconnect_reason", "disconnected_at"};
inline constexpr std::string_view kHistoryColumns[] = {"game_session_id", "started_at",
                                                       "completed_at"};
inline constexpr std::string_view kPlayerColumns[] = {"last_seen", "is_active", "rating"};

inline constexpr std::array kGameTables = {
    GameTableSpec{"sessions", "game_sessions", kSessionColumns},
    GameTableSpec{"moves", "game_moves", kMoveColumns},
    GameTableSpec{"connections", "websocket_connections", kConnectionColumns},
    GameTableSpec{"history", "game_history", kHistoryColumns},
    GameTableSpec{"players", "players", kPlayerColumns},
};

/// A game's own names of tables and columns, if they are not Hokm's.
struct GameNames {
  struct Table {
    std::string table = {};  ///< Empty: Hokm's name.
    std::map<std::string, std::string, std::less<>> columns =
        {};  ///< The game's names by Hokm's names.

    bool operator==(const Table&) const = default;
  };

  std::map<std::string, Table, std::less<>> tables = {};  ///< By Hokm's name of the table.

  bool operator==(const GameNames&) const = default;

  /// Returns the game's name of a table, given Hokm's.
  std::string TableName(std::string_view table) const;

  /// Returns the game's name of a column, given Hokm's names of table and column.
  std::string ColumnName(std::string_view table, std::string_view column) const;
};

/// The meanings of the words in the status column of sessions.
struct StatusWords {
  std::vector<std::string> live = {"waiting", "starting", "active", "paused"};
  std::vector<std::string> waiting = {"waiting"};
  std::vector<std::string> playing = {"active"};
  std::vector<std::string> in_play = {"active", "paused"};  ///< Whose time of play counts.
  std::vector<std::string> ended = {"completed", "abandoned", "cancelled"};
  std::vector<std::string> completed = {"completed"};  ///< Played to the end.

  bool operator==(const StatusWords&) const = default;
};

/// Upper bounds of the game's histograms, in seconds: finite and strictly ascending.
struct GameHistogramBounds {
  std::vector<double> duration = {60,   120,  300,  600,  900,   1200, 1800,
                                  2700, 3600, 5400, 7200, 10800, 14400};
  std::vector<double> matchmaking_wait = {1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1800};
  std::vector<double> move_response = {0.1, 0.25, 0.5, 1, 2, 3, 5, 10, 15, 20, 30, 60};
};

/// The options of one game.
struct GameOptions {
  std::string name = {};    ///< The value of the label `game`; empty: the name of the schema.
  std::string schema = {};  ///< Empty: found by its table of sessions (see ReadGameSchema).
  Duration max_game_duration = std::chrono::hours(2);  ///< A longer game is long-running.
  Duration online_window = std::chrono::minutes(5);    ///< How recent a ping must be.
  /// How far the counters may be behind the database's clock to wait for open transactions. Without
  /// this cap one stuck transaction would stop them.
  Duration holdback_cap = std::chrono::seconds(30);
  /// True: the owner of the tables is trusted with the rights of our role, so views, foreign tables
  /// and tables with the owner's functions are read too.
  bool allow_views = false;
  GameHistogramBounds bounds = {};
  StatusWords statuses = {};
  GameNames names = {};

  /// The session options for statements that read this game's tables.
  RoundOptions round() const { return {.own_texts = true, .user_views = allow_views}; }
};

}  // namespace hakem::collectors
