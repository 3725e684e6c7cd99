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

/// A table a game can be watched by, with the columns that are read of it: by Hokm's names, which
/// the configuration can map to another game's.
struct GameTableSpec {
  std::string_view key;  ///< In the configuration, under `tables`.
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

/// What a game calls its tables and columns, where it does not have Hokm's names for them.
struct GameNames {
  struct Table {
    std::string table = {};                                        ///< Empty: as Hokm.
    std::map<std::string, std::string, std::less<>> columns = {};  ///< Hokm's name to the game's.

    bool operator==(const Table&) const = default;
  };

  std::map<std::string, Table, std::less<>> tables = {};  ///< By Hokm's name.

  bool operator==(const GameNames&) const = default;

  /// The game's name of a table.
  std::string TableName(std::string_view table) const;

  /// The game's name of a column of a table.
  std::string ColumnName(std::string_view table, std::string_view column) const;
};

/// Which statuses of a session mean what.
struct StatusWords {
  std::vector<std::string> live = {"waiting", "starting", "active", "paused"};
  std::vector<std::string> waiting = {"waiting"};
  std::vector<std::string> playing = {"active"};
  std::vector<std::string> in_play = {"active", "paused"};  ///< Those with an age of play.
  std::vector<std::string> ended = {"completed", "abandoned", "cancelled"};
  std::vector<std::string> completed = {"completed"};  ///< Those played to the end.

  bool operator==(const StatusWords&) const = default;
};

/// Upper bounds of the game's histograms, in seconds: finite, ascending, each once.
struct GameHistogramBounds {
  std::vector<double> duration = {60,   120,  300,  600,  900,   1200, 1800,
                                  2700, 3600, 5400, 7200, 10800, 14400};
  std::vector<double> matchmaking_wait = {1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1800};
  std::vector<double> move_response = {0.1, 0.25, 0.5, 1, 2, 3, 5, 10, 15, 20, 30, 60};
};

/// One game whose tables are watched.
struct GameOptions {
  std::string name = {};    ///< The label `game`; empty: the schema's name.
  std::string schema = {};  ///< Empty: the first schema that has a table of sessions.
  Duration max_game_duration = std::chrono::hours(2);  ///< Beyond it a game is long-running.
  Duration online_window = std::chrono::minutes(5);    ///< A socket with a ping within it is alive.
  /// The counters are at most so far behind the database's clock: beyond it one stuck transaction
  /// would freeze them.
  Duration holdback_cap = std::chrono::seconds(30);
  /// The owner of the tables is trusted with the rights of our role: views, foreign tables and
  /// indexes whose functions are theirs are read too.
  bool allow_views = false;
  GameHistogramBounds bounds = {};
  StatusWords statuses = {};
  GameNames names = {};

  /// What the statements that read this game's tables need.
  RoundOptions round() const { return {.own_texts = true, .user_views = allow_views}; }
};

}  // namespace hakem::collectors
