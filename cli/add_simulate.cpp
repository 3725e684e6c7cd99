#include <optional>

#include "cli/add_commands.h"
#include "config/target/conninfo.h"
#include "model/known_secrets.h"

namespace hakem::exporter {
namespace {

/// Plays on, or loads a past instead.
struct SimulateOptions {
  simulator::SimulationOptions play;
  simulator::HistoryOptions past;
  std::optional<int> days;  ///< Of the past.
};

int Run(const CommonOptions& common, const SimulateOptions& options) {
  if (!options.days) {
    return Simulate(common, options.play);
  }
  simulator::HistoryOptions past = options.past;
  past.dsn = options.play.dsn;
  past.days = *options.days;
  past.rounds_to_win = options.play.world.rounds_to_win;
  past.abandon_ratio = options.play.world.abandon_ratio;
  past.seed = options.play.seed;
  past.create_schema = options.play.create_schema;
  return LoadHistory(common, past);
}

void AddBurst(CLI::App& command, simulator::WorldOptions& world) {
  const auto burst = [&world]() -> simulator::Burst& {
    return world.burst ? *world.burst : world.burst.emplace();
  };
  AddDuration(command, "--burst-after", "when a rush of games begins",
              [burst](Duration length) { burst().after = length; });
  AddDuration(command, "--burst-length", "how long the rush lasts",
              [burst](Duration length) { burst().length = length; });
  AddParsed(command, "--burst-games", "games that the rush opens beside the usual ones", "N",
            [burst](const std::string& text) {
              return ParseWholeNumber(text).transform([&](int games) { burst().games = games; });
            });
}

}  // namespace

void AddSimulate(const Commands& commands) {
  auto [command, read] = commands.Add<SimulateOptions>(
      "simulate", "Play Hokm on a database that has the schema, as a game server would", Run);
  SimulateOptions& options = read.own;
  simulator::SimulationOptions& play = options.play;
  simulator::WorldOptions& world = play.world;
  AddLogging(command, read.common);
  AddParsed(command, "--dsn", "libpq's connection string; what it lacks comes from PG* variables",
            "CONNINFO", [&play](const std::string& text) {
              return Conninfo::Parse(Secret(text)).transform([&play](const Conninfo& conninfo) {
                for (const Secret& secret : conninfo.Secrets()) {
                  AddKnownSecret(secret);
                }
                play.dsn = conninfo.ToDsn();
              });
            });
  AddNumber(command, "--games", world.games, "games that are live at any time, lobbies included");
  AddNumber(command, "--moves-per-second", world.moves_per_second, "of all games together");
  AddNumber(command, "--players", world.players, "at least four for each game");
  AddNumber(command, "--rounds-to-win", world.rounds_to_win, "of a match, 1 to 99");
  AddNumber(command, "--abandon-ratio", world.abandon_ratio, "share of games left for good");
  AddNumber(command, "--seed", play.seed, "the same seed plays the same games");
  AddNumber(command, "--connections", play.connections, "each writes its share of the games");
  command.add_flag("--create-schema", play.create_schema,
                   "create the schema hokm_game where the database lacks it");
  command
      .add_option("--history", options.days,
                  "instead of playing, load a past that goes back so many days")
      ->type_name("DAYS");
  AddNumber(command, "--moves", options.past.moves, "moves of that past");
  AddDuration(command, "--duration", "how long to play (default: until stopped)",
              [&play](Duration length) { play.duration = length; });
  AddBurst(command, world);
}

}  // namespace hakem::exporter
