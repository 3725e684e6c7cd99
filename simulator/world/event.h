#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>

#include "simulator/play/table.h"

namespace hakem::simulator {

/// A game, a player or a connection of one World, counted from 0.
enum class GameId : std::uint64_t {};
enum class PlayerId : std::uint32_t {};
enum class ConnectionId : std::uint64_t {};

enum class GameType { kStandard, kTournament, kFriendly, kRanked };

/// As game_sessions.game_type has it.
constexpr std::string_view ToString(GameType type) {
  constexpr std::array<std::string_view, 4> kNames{"standard", "tournament", "friendly", "ranked"};
  return kNames.at(static_cast<std::size_t>(type));
}

/// Half of the games are standard, three in ten ranked, some friendly, a few of a tournament.
GameType DrawGameType(Random& random);

enum class Outcome { kCompleted, kAbandoned, kCancelled };

/// As game_sessions.status has it.
constexpr std::string_view ToString(Outcome outcome) {
  constexpr std::array<std::string_view, 3> kNames{"completed", "abandoned", "cancelled"};
  return kNames.at(static_cast<std::size_t>(outcome));
}

enum class TournamentRound { kFirstSemifinal, kSecondSemifinal, kFinal };

/// "semi-final-1", "semi-final-2", "final": the end of a room's name.
constexpr std::string_view ToString(TournamentRound round) {
  constexpr std::array<std::string_view, 3> kNames{"semi-final-1", "semi-final-2", "final"};
  return kNames.at(static_cast<std::size_t>(round));
}

/// One match of a tournament of a World; those are counted from 0.
struct TournamentMatch {
  std::uint64_t tournament = 0;
  TournamentRound round = TournamentRound::kFirstSemifinal;
};

/// A lobby without players.
struct LobbyOpened {
  GameId game{};
  GameType type = GameType::kStandard;
  std::optional<TournamentMatch> match;  ///< Of type kTournament.
  int rounds_to_win = 0;
};

/// A player takes the next free seat and opens a connection; the fourth fills the table.
struct PlayerJoined {
  GameId game{};
  Seat seat = 0;
  PlayerId player{};
  ConnectionId connection{};
};

struct GameStarted {
  GameId game{};
};

struct MovePlayed {
  GameId game{};
  PlayerId player{};
  Move move;
  std::optional<std::chrono::microseconds> response;          ///< Nothing for the start of a round.
  std::optional<std::chrono::microseconds> average_response;  ///< Of this player in this game.
};

/// A player's connection breaks: the game pauses.
struct PlayerDisconnected {
  GameId game{};
  Seat seat = 0;
  ConnectionId connection{};
  std::string_view reason = {};  ///< A constant.
};

/// The player is back with a new connection: the game goes on.
struct PlayerReconnected {
  GameId game{};
  Seat seat = 0;
  PlayerId player{};
  ConnectionId connection{};
};

struct ConnectionPinged {
  ConnectionId connection{};
  std::chrono::microseconds latency{0};
  int messages = 0;  ///< Since it was opened.
};

/// What a completed game meant to one player.
struct PlayerResult {
  PlayerId player{};
  int tricks_won = 0;
  int rounds_won = 0;  ///< By his team, kot counted twice.
  bool won = false;
  int rating_change = 0;
};

/// The game is over, its players leave and their connections are closed.
struct GameEnded {
  GameId game{};
  Outcome outcome = Outcome::kCompleted;
  std::optional<std::array<PlayerResult, kSeats>> results;  ///< When completed.
};

/// What a Hokm server writes to its database in one transaction.
using Event = std::variant<LobbyOpened, PlayerJoined, GameStarted, MovePlayed, PlayerDisconnected,
                           PlayerReconnected, ConnectionPinged, GameEnded>;

}  // namespace hakem::simulator
