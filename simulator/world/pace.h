#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <string_view>

#include "simulator/world/agenda.h"

namespace hakem::simulator {

// How long things take in a World, and how often they happen. Each is drawn between two limits.

/// A range of durations.
struct Span {
  Offset shortest;
  Offset longest;
};

inline constexpr Offset kUntilAllAreOpen = std::chrono::seconds(1);
inline constexpr Offset kUntilNextLobby = std::chrono::milliseconds(250);
inline constexpr Offset kUntilBurstIsFull = std::chrono::seconds(2);
inline constexpr Span kUntilNextPlayer{std::chrono::milliseconds(200), std::chrono::seconds(6)};
inline constexpr Offset kUntilPlayerIsFree = std::chrono::seconds(1);
inline constexpr Span kUntilStart{std::chrono::seconds(1), std::chrono::seconds(2)};
inline constexpr Span kUntilPing{std::chrono::seconds(20), std::chrono::seconds(30)};
inline constexpr Span kUntilReturn{std::chrono::seconds(1), std::chrono::seconds(20)};
inline constexpr Span kUntilGivenUp{std::chrono::seconds(20), std::chrono::seconds(40)};
inline constexpr Span kUntilCompleted{std::chrono::seconds(1), std::chrono::seconds(3)};
inline constexpr Span kUntilLobbyIsGivenUp{std::chrono::seconds(1), std::chrono::seconds(10)};
inline constexpr Span kLatency{std::chrono::milliseconds(15), std::chrono::milliseconds(250)};

/// The shortest and longest time of a move, as multiples of the mean (see Random::Skewed).
inline constexpr double kQuickest = 0.25;
inline constexpr double kSlowest = 2.5;

inline constexpr double kDisconnectionsPerMove = 0.002;

/// The share of lobbies that are cancelled by the player who opened them, unless they fill up
/// first.
inline constexpr double kGivenUpLobbies = 0.03;

/// A tournament has three matches, so a third of the lobbies that are drawn for one begin one.
inline constexpr double kTournamentsPerLobby = 1.0 / 3;

/// How many players wait for the final at most: the winners of one semi-final.
inline constexpr int kWaitingForFinal = 2;

inline constexpr std::array<std::string_view, 3> kDisconnectReasons{"network_error", "ping_timeout",
                                                                    "client_closed"};

/// A game that will be abandoned is abandoned within this many moves, times the rounds to win. That
/// is before it could have ended.
inline constexpr std::uint64_t kDesertedWithinMovesPerRound = 12;

}  // namespace hakem::simulator
