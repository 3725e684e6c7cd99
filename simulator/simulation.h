#pragma once

#include <cstdint>
#include <optional>
#include <stop_token>

#include "model/clock.h"
#include "model/log.h"
#include "model/result.h"
#include "model/secret.h"
#include "model/time.h"
#include "simulator/database/game_writer.h"
#include "simulator/world/world.h"

namespace hakem::simulator {

/// The options of `hakem simulate`.
struct SimulationOptions {
  Secret dsn = {};     ///< libpq's connection string or URI; PG* variables fill in what is missing.
  WorldOptions world;  ///< The sum over all connections.
  std::uint64_t seed = 1;
  bool create_schema = false;  ///< Create the schema hokm_game if it is missing; else refuse.
  int connections = 1;         ///< Each connection writes its share of the games.
  std::optional<Duration> duration = std::nullopt;  ///< Nothing: runs until stopped.
};

/// What a simulation wrote. Only committed transactions count.
struct SimulationReport {
  Duration elapsed{0};
  std::int64_t transactions = 0;
  std::int64_t moves = 0;
  std::int64_t games_opened = 0;
  std::int64_t games_started = 0;
  std::int64_t games_completed = 0;
  std::int64_t games_abandoned = 0;
  std::int64_t games_cancelled = 0;
  std::int64_t games_lost = 0;  ///< Games whose rows were deleted by others.
  std::int64_t disconnections = 0;
  std::int64_t outages = 0;      ///< How often the database became unavailable.
  Duration time_lost{0};         ///< How long the world stood still, waiting for the database.
  bool left_games_live = false;  ///< The database was unavailable at the end.
};

/// Checks the ranges: 1 to 100000 games, more than 0 and up to 100000 moves a second, at least four
/// players per game, 1 to 99 rounds, 1 to 64 connections but not more than games, a ratio of 0 to
/// 1. Errors: kInvalidInput: names the option of the command line.
Result<void> ValidateSimulation(const SimulationOptions& options);

/// Plays Hokm on a database with the schema (kSchemaSql) until the duration is over or it is
/// stopped. Then it ends all games, so that none stays live. While the database is unavailable the
/// world stands still, and the connection is retried first after 250 ms, later every 5 s, until the
/// duration is over. Blocks. Only one run at a time may use a database.
///
/// Errors, only before the first game: kInvalidInput: the options or the connection string are
/// invalid, or the database lacks the schema; kRefused: no permission; the error of the last
/// attempt, if the database was unavailable all the time.
Result<SimulationReport> Simulate(const SimulationOptions& options, const Clock& clock,
                                  const Logger& log, std::stop_token stop);

/// Plays one world on one connection: writes its events when they are due, and closes the world at
/// the end.
SimulationReport Play(World& world, GameWriter& writer, std::optional<Duration> duration,
                      const Clock& clock, const Logger& log, const std::stop_token& stop);

}  // namespace hakem::simulator
