#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>

#include "simulator/play/table.h"

namespace hakem::simulator {

/// Games, players and connections of one World, numbered from 0.
enum class GameId : std::uint64_t {};
enum class PlayerId : std::uint32_t {};
enum class ConnectionId : std::uint64_t {};

enum class GameType { kStandard, kTournament, kFriendly, kRanked };

/// The value of game_sessions.game_type.
constexpr std::string_view ToString(GameType type) {
  constexpr std::array<std::string_view, 4> kNames{"standard", "tournament", "friendly", "ranked"};
  return kNames.at(static_cast<std::size_t>(type));
}

/// Draws a type: half of the games are standard, three in ten ranked, some friendly, a few
/// tournament.
GameType DrawGameType(Random& random);

enum class Outcome { kCompleted, kAbandoned, kCancelled };

/// The value of game_sessions.status.
constexpr std::string_view ToString(Outcome outcome) {
  constexpr std::array<std::string_view, 3> kNames{"completed", "abandoned", "cancelled"};
  return kNames.at(static_cast<std::size_t>(outcome));
}

enum class TournamentRound { kFirstSemifinal, kSecondSemifinal, kFinal };

/// The end of the name of a room: "semi-final-1", "semi-final-2" or "final".
constexpr std::string_view ToString(TournamentRound round) {
  constexpr std::array<std::string_view, 3> kNames{"semi-final-1", "semi-final-2", "final"};
  return kNames.at(static_cast<std::size_t>(round));
}

/// One match of a tournament. The tournaments of a World are numbered from 0.
struct TournamentMatch {
  std::uint64_t tournament = 0;
  TournamentRound round = TournamentRound::kFirstSemifinal;
};

/// A lobby without players was opened.
struct LobbyOpened {
  GameId game{};
  GameType type = GameType::kStandard;
  std::optional<TournamentMatch> match;  ///< Only for the type kTournament.
  int rounds_to_win = 0;
};

/// A player takes the next free seat and opens a connection; the fourth fills the table.
struct PlayerJoined {
  GameId game{};
  Seat seat = 0;
  PlayerId player{};
  ConnectionId connection{};
};

/// The game of a full table started.
struct GameStarted {
  GameId game{};
};

/// A player made a move.
struct MovePlayed {
  GameId game{};
  PlayerId player{};
  Move move;
  std::optional<std::chrono::microseconds> response;  ///< Nothing for the start of a round.
  std::optional<std::chrono::microseconds>
      average_response;  ///< Over all moves of this player in this game.
};

/// A player's connection broke, so the game pauses.
struct PlayerDisconnected {
  GameId game{};
  Seat seat = 0;
  ConnectionId connection{};
  std::string_view reason = {};  ///< Refers to a constant.
};

/// The player is back with a new connection, so the game continues.
struct PlayerReconnected {
  GameId game{};
  Seat seat = 0;
  PlayerId player{};
  ConnectionId connection{};
};

/// A connection answered a ping.
struct ConnectionPinged {
  ConnectionId connection{};
  std::chrono::microseconds latency{0};
  int messages = 0;  ///< The number since it was opened.
};

/// The result of a completed game for one player.
struct PlayerResult {
  PlayerId player{};
  int tricks_won = 0;
  int rounds_won = 0;  ///< By the team of the player; kot counts twice.
  bool won = false;
  int rating_change = 0;
};

/// The game ended. Its players leave and their connections are closed.
struct GameEnded {
  GameId game{};
  Outcome outcome = Outcome::kCompleted;
  std::optional<std::array<PlayerResult, kSeats>> results;  ///< Only for completed games.
};

/// Something that a Hokm server writes to its database in one transaction.
using Event = std::variant<LobbyOpened, PlayerJoined, GameStarted, MovePlayed, PlayerDisconnected,
                           PlayerReconnected, ConnectionPinged, GameEnded>;

}  // namespace hakem::simulator
