#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>

#include "cli/line/command.h"
#include "cli/line/options.h"
#include "cli/line/shared_options.h"
#include "cli/output/output.h"
#include "cli/output/report.h"
#include "cli/system/stop_signals.h"
#include "config/target/conninfo.h"
#include "model/duration.h"
#include "model/known_secrets.h"
#include "simulator/database/history.h"
#include "simulator/simulation.h"

namespace hakem::cli {
namespace {

struct SimulateOptions {
  LogOptions log;
  simulator::SimulationOptions play;
  std::optional<int> history_days;  ///< Write this much history instead of playing.
  std::int64_t history_moves = simulator::HistoryOptions().moves;
};

/// Stores the connection string; its secrets are kept out of logs and messages from then on.
Result<void> ReadDsn(const std::string& text, Secret& dsn) {
  return config::Conninfo::Parse(Secret(text)).transform([&](const auto& conninfo) {
    for (const Secret& secret : conninfo.Secrets()) {
      AddKnownSecret(secret);
    }
    dsn = conninfo.ToDsn();
  });
}

void AddBurst(CLI::App& command, simulator::WorldOptions& world) {
  const auto burst = [&world]() -> simulator::Burst& {
    return world.burst ? *world.burst : world.burst.emplace();
  };
  AddDuration(command, "--burst-after", "when a burst of additional games begins",
              [burst](Duration length) { burst().after = length; });
  AddDuration(command, "--burst-length", "how long the burst lasts",
              [burst](Duration length) { burst().length = length; });
  AddWholeNumber(command, "--burst-games", "how many games the burst opens besides the usual ones",
                 "N", [burst](int games) { burst().games = games; });
}

void AddOptions(CLI::App& command, SimulateOptions& options) {
  simulator::SimulationOptions& play = options.play;
  simulator::WorldOptions& world = play.world;
  AddParsed(command, "--dsn",
            "libpq's connection string of the database; PG* variables fill in what it lacks",
            "CONNINFO", [&play](const std::string& text) { return ReadDsn(text, play.dsn); });
  AddFlag(command, "--create-schema", play.create_schema,
          "create the schema hokm_game if the database lacks it");
  AddDuration(command, "--duration", "how long to play (default: until stopped)",
              [&play](Duration length) { play.duration = length; });
  AddNumber(command, "--games", world.games, "live games at any time, lobbies included");
  AddNumber(command, "--moves-per-second", world.moves_per_second, "moves of all games together");
  AddNumber(command, "--players", world.players, "players, at least four for each game");
  AddNumber(command, "--rounds-to-win", world.rounds_to_win, "rounds to win a match, 1 to 99");
  AddNumber(command, "--abandon-ratio", world.abandon_ratio,
            "share of games that their players abandon");
  AddNumber(command, "--seed", play.seed, "the same seed plays the same games");
  AddNumber(command, "--connections", play.connections,
            "connections, each of which writes its share of the games");
  AddBurst(command, world);
  AddWholeNumber(command, "--history", "write games of the last DAYS days instead of playing",
                 "DAYS", [&options](int days) { options.history_days = days; });
  AddNumber(command, "--moves", options.history_moves, "with --history: how many moves to write");
  AddLogging(command, options.log);
}

/// Plays until the duration is over or a signal ends it.
int Play(const SimulateOptions& options) {
  const StopSignals signals;
  const Log log = options.log.MakeLog(LogLevel::kInfo);
  const auto report =
      simulator::Simulate(options.play, SystemClock(), log.For("simulator"), signals.token());
  if (!report) {
    return Report(report.error());
  }
  Print(fmt::format(
      "{} moves in {} ({:.1f}/s); games: {} opened, {} started, {} completed, {} abandoned, {} "
      "cancelled; {} disconnections, {} outages\n",
      report->moves, FormatDuration(report->elapsed),
      static_cast<double>(report->moves) / std::max(ToSeconds(report->elapsed), 0.001),
      report->games_opened, report->games_started, report->games_completed, report->games_abandoned,
      report->games_cancelled, report->disconnections, report->outages));
  return report->left_games_live ? kWrong : kFine;
}

int WriteHistory(const SimulateOptions& options, int days) {
  const StopSignals signals;
  const Log log = options.log.MakeLog(LogLevel::kInfo);
  const auto report = simulator::LoadHistory({.dsn = options.play.dsn,
                                              .days = days,
                                              .moves = options.history_moves,
                                              .rounds_to_win = options.play.world.rounds_to_win,
                                              .abandon_ratio = options.play.world.abandon_ratio,
                                              .seed = options.play.seed,
                                              .create_schema = options.play.create_schema},
                                             SystemClock(), log.For("simulator"), signals.token());
  if (!report) {
    return Report(report.error());
  }
  Print(fmt::format("{} moves of {} games in {}\n", report->moves, report->games,
                    FormatDuration(report->elapsed)));
  return kFine;
}

int Run(const SimulateOptions& options) {
  return options.history_days ? WriteHistory(options, *options.history_days) : Play(options);
}

}  // namespace

extern const CommandSpec simulate;
constinit const CommandSpec simulate{
    .name = "simulate",
    .help = "Play games on a database as a game server would, or write a history of games",
    .group = CommandGroup::kTry,
    .bind = Bind<SimulateOptions, AddOptions, Run>};

}  // namespace hakem::cli
