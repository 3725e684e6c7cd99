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

/// What `hakem simulate` is asked for.
struct SimulationOptions {
  Secret dsn = {};     ///< libpq's, key=value or URI; what it lacks comes from PG* variables.
  WorldOptions world;  ///< For all connections together.
  std::uint64_t seed = 1;
  bool create_schema = false;  ///< In a database that has no schema hokm_game; else refuse it.
  int connections = 1;         ///< Each writes its share of the games.
  std::optional<Duration> duration = std::nullopt;  ///< Nothing: until stopped.
};

/// What a simulation wrote; only what was committed counts.
struct SimulationReport {
  Duration elapsed{0};
  std::int64_t transactions = 0;
  std::int64_t moves = 0;
  std::int64_t games_opened = 0;
  std::int64_t games_started = 0;
  std::int64_t games_completed = 0;
  std::int64_t games_abandoned = 0;
  std::int64_t games_cancelled = 0;
  std::int64_t games_lost = 0;  ///< Their rows were gone.
  std::int64_t disconnections = 0;
  std::int64_t outages = 0;      ///< How often the database went away.
  Duration time_lost{0};         ///< World time stood still so long: the database was away or slow.
  bool left_games_live = false;  ///< The database was away at the end.
};

/// Checks the ranges: 1 to 100000 games, more than 0 to 100000 moves a second, four players for
/// each game, 1 to 99 rounds, 1 to 64 connections and not more than games, a ratio of 0 to 1.
/// Errors: kInvalidInput, with the option as the command line names it.
Result<void> ValidateSimulation(const SimulationOptions& options);

/// Plays Hokm on a database that has the schema (kSchemaSql), until the duration is over or it is
/// stopped; then ends all games, so that none stays live. While the database is away the world
/// stands still and the connection is tried again, first after 250 ms, then at most every 5 s; it
/// never ends because of that before the duration is over. Blocks; one run at a time on a database.
///
/// Errors, before the first game only: kInvalidInput: the options, the connection string, or a
/// database without the schema; kRefused: no permission; the last attempt's, where the database
/// was away all the time.
Result<SimulationReport> Simulate(const SimulationOptions& options, const Clock& clock,
                                  const Logger& log, std::stop_token stop);

/// What Simulate does on each connection: writes what happens in `world` when it happens, and at
/// the end closes it.
SimulationReport Play(World& world, GameWriter& writer, std::optional<Duration> duration,
                      const Clock& clock, const Logger& log, const std::stop_token& stop);

}  // namespace hakem::simulator
