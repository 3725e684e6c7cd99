#include "simulator/simulation.h"

#include <fmt/format.h>

#include <algorithm>
#include <thread>
#include <utility>
#include <vector>

#include "simulator/database/option_range.h"

namespace hakem::simulator {
namespace {

constexpr int kMostGames = 100'000;
constexpr double kLongestWait = 24 * 3600;  ///< Seconds.

/// A world that is further behind than this does not catch up. After an outage it continues where
/// it stood, so that it does not flood the database.
constexpr Duration kLongestLag = std::chrono::seconds(1);

/// The time to wait before a retry: 250 ms, then doubling up to 5 s.
class Backoff {
 public:
  Duration Next() {
    ++tries_;
    return std::exchange(next_, std::min(2 * next_, kLongest));
  }

  /// The number of calls of Next.
  int tries() const { return tries_; }

 private:
  static constexpr Duration kLongest = std::chrono::seconds(5);

  Duration next_ = std::chrono::milliseconds(250);
  int tries_ = 0;
};

/// Counts an event that was committed.
struct Count {
  SimulationReport& report;

  void operator()(const LobbyOpened&) const { ++report.games_opened; }

  void operator()(const GameStarted&) const { ++report.games_started; }

  void operator()(const MovePlayed&) const { ++report.moves; }

  void operator()(const PlayerDisconnected&) const { ++report.disconnections; }

  void operator()(const GameEnded& event) const {
    switch (event.outcome) {
      case Outcome::kCompleted:
        ++report.games_completed;
        return;
      case Outcome::kAbandoned:
        ++report.games_abandoned;
        return;
      case Outcome::kCancelled:
        ++report.games_cancelled;
        return;
    }
  }

  void operator()(const PlayerJoined&) const {}

  void operator()(const PlayerReconnected&) const {}

  void operator()(const ConnectionPinged&) const {}
};

std::optional<GameId> GameOf(const Event& event) {
  return std::visit(
      [](const auto& alternative) -> std::optional<GameId> {
        if constexpr (requires { alternative.game; }) {
          return alternative.game;
        } else {
          return std::nullopt;
        }
      },
      event);
}

std::optional<SteadyTime> EndOf(std::optional<Duration> duration, SteadyTime began) {
  return duration ? std::optional(began + *duration) : std::nullopt;
}

/// Sleeps; returns false if `ends` or a stop comes first.
bool SleepWithin(std::optional<SteadyTime> ends, Duration length, const Clock& clock,
                 const std::stop_token& stop) {
  const SteadyTime wake = clock.SteadyNow() + length;
  return clock.SleepUntil(ends ? std::min(wake, *ends) : wake, stop) && (!ends || wake < *ends);
}

/// Writes the events of one world to the database.
class WorldPlayer {
 public:
  WorldPlayer(World& world, GameWriter& writer, const Clock& clock, const Logger& log,
              const std::stop_token& stop)
      : world_(world), writer_(writer), clock_(clock), log_(log), stop_(stop) {}

  SimulationReport Run(std::optional<Duration> duration) {
    const SteadyTime began = clock_.SteadyNow();
    SteadyTime world_began = began;
    ends_ = EndOf(duration, began);
    while (!stop_.stop_requested()) {
      const SteadyTime next = world_began + world_.NextAt();
      const bool last = ends_ && next >= *ends_;
      if (!clock_.SleepUntil(last ? *ends_ : next, stop_) || last) {
        break;
      }
      const SteadyTime now = clock_.SteadyNow();
      if (now - next > kLongestLag) {
        world_began += now - next;
        report_.time_lost += std::chrono::duration_cast<Duration>(now - next);
      }
      WriteAll(world_.Advance(std::chrono::duration_cast<Offset>(now - world_began)));
    }
    Close();
    report_.elapsed = std::chrono::duration_cast<Duration>(clock_.SteadyNow() - began);
    return report_;
  }

 private:
  void WriteAll(const std::vector<Event>& events) {
    for (const Event& event : events) {
      if (stop_.stop_requested() || !Write(event)) {
        return;
      }
    }
    LogBurst();
  }

  /// Writes an event and retries while the database is unavailable. Returns false if the time is
  /// over before it was written.
  bool Write(const Event& event) {
    Backoff backoff;
    while (true) {
      const auto written = writer_.Write(event);
      if (written) {
        Written(event, backoff.tries());
        return true;
      }
      if (written.error().code == ErrorCode::kNotFound) {
        Lose(event, written.error());
        return true;
      }
      if (backoff.tries() == 0) {
        ++report_.outages;
        log_.Warn("database does not take the game's writes",
                  {{"code", written.error().code}, {"error", written.error().message}});
      }
      if (!SleepWithin(ends_, backoff.Next(), clock_, stop_)) {
        return false;
      }
    }
  }

  void Written(const Event& event, int tries) {
    ++report_.transactions;
    std::visit(Count{report_}, event);
    if (tries > 0) {
      log_.Info("database takes the game's writes again", {{"tries", tries}});
    }
  }

  void Lose(const Event& event, const Error& error) {
    const auto game = GameOf(event);
    if (game) {
      world_.Forget(*game);
      ++report_.games_lost;
      log_.Warn("game lost", {{"error", error.message}});
    }
  }

  void LogBurst() {
    if (std::exchange(in_burst_, world_.in_burst()) != world_.in_burst()) {
      log_.Info(world_.in_burst() ? "burst began" : "burst ended",
                {{"live_games", world_.live_games()}});
    }
  }

  /// Ends all games, without waiting for an unavailable database.
  void Close() {
    for (const Event& event : world_.Close()) {
      const auto written = writer_.Write(event);
      if (written) {
        Written(event, 0);
      } else if (written.error().code != ErrorCode::kNotFound) {
        report_.left_games_live = true;
        log_.Warn("games stay live: the next run will end them",
                  {{"code", written.error().code}, {"error", written.error().message}});
        return;
      }
    }
  }

  World& world_;
  GameWriter& writer_;
  const Clock& clock_;
  const Logger& log_;
  const std::stop_token& stop_;
  std::optional<SteadyTime> ends_;
  SimulationReport report_;
  bool in_burst_ = false;
};

/// Returns the share of `total` for the connection with this index.
int Share(int total, int index, int connections) {
  return total / connections + (index < total % connections ? 1 : 0);
}

/// Returns the options of the world for one of several connections.
struct Part {
  WorldOptions world;
  std::uint64_t seed = 0;
  Roster roster;
};

int PlayersNeeded(const WorldOptions& world) {
  return static_cast<int>(kSeats) * (world.games + (world.burst ? world.burst->games : 0));
}

std::vector<Part> Divide(const SimulationOptions& options, const Roster& roster) {
  std::vector<Part> parts;
  Random seeds(options.seed);
  std::ptrdiff_t first_player = 0;
  const int spare_players = options.world.players - PlayersNeeded(options.world);
  for (int i = 0; i < options.connections; ++i) {
    const auto share = [&](int total) { return Share(total, i, options.connections); };
    Part part{.world = options.world, .seed = seeds.Next(), .roster = {}};
    part.world.games = share(options.world.games);
    part.world.moves_per_second *= static_cast<double>(part.world.games) / options.world.games;
    if (part.world.burst) {
      part.world.burst->games = share(part.world.burst->games);
    }
    part.world.players = PlayersNeeded(part.world) + share(spare_players);
    part.roster.run = roster.run + static_cast<std::uint64_t>(i);
    const std::ptrdiff_t end = first_player + part.world.players;
    part.roster.players.assign(roster.players.begin() + first_player, roster.players.begin() + end);
    part.roster.ratings.assign(roster.ratings.begin() + first_player, roster.ratings.begin() + end);
    first_player = end;
    parts.push_back(std::move(part));
  }
  return parts;
}

SimulationReport Sum(const std::vector<SimulationReport>& reports) {
  SimulationReport sum;
  for (const SimulationReport& report : reports) {
    sum.elapsed = std::max(sum.elapsed, report.elapsed);
    sum.transactions += report.transactions;
    sum.moves += report.moves;
    sum.games_opened += report.games_opened;
    sum.games_started += report.games_started;
    sum.games_completed += report.games_completed;
    sum.games_abandoned += report.games_abandoned;
    sum.games_cancelled += report.games_cancelled;
    sum.games_lost += report.games_lost;
    sum.disconnections += report.disconnections;
    sum.outages += report.outages;
    sum.time_lost = std::max(sum.time_lost, report.time_lost);
    sum.left_games_live = sum.left_games_live || report.left_games_live;
  }
  return sum;
}

/// Runs one connection in its thread.
SimulationReport PlayPart(const Part& part, const SimulationOptions& options, const Clock& clock,
                          const Logger& log, const std::stop_token& stop) {
  try {
    World world(part.world, part.seed, part.roster.ratings);
    const auto writer = MakeDatabaseWriter(options.dsn, part.roster);
    return Play(world, *writer, options.duration, clock, log, stop);
  } catch (const std::exception& error) {
    log.Error("simulation ended by an error", {{"error", error.what()}});
    return SimulationReport{.left_games_live = true};
  }
}

/// Prepares the database; retries while it is unavailable, for at most the duration of the
/// simulation. Returns nothing if stopped before that.
Result<std::optional<Roster>> Prepare(const SimulationOptions& options, const Clock& clock,
                                      const Logger& log, const std::stop_token& stop) {
  const auto missing_schema =
      options.create_schema ? MissingSchema::kCreate : MissingSchema::kRefuse;
  const auto ends = EndOf(options.duration, clock.SteadyNow());
  Backoff backoff;
  while (true) {
    auto roster = PrepareDatabase(options.dsn, options.world.players, missing_schema);
    if (roster) {
      return std::optional(std::move(*roster));
    }
    const auto& [code, message] = roster.error();
    if (code == ErrorCode::kInvalidInput || code == ErrorCode::kRefused) {
      return Fail(roster.error());
    }
    if (backoff.tries() == 0) {
      log.Warn("database cannot be reached", {{"code", code}, {"error", message}});
    }
    if (!SleepWithin(ends, backoff.Next(), clock, stop)) {
      return stop.stop_requested() ? Result<std::optional<Roster>>(std::nullopt)
                                   : Fail(roster.error());
    }
  }
}

Result<void> ValidateBurst(const Burst& burst) {
  return InRange("--burst-games", burst.games, 1, kMostGames)
      .and_then([&] { return InRange("--burst-after", ToSeconds(burst.after), 0.0, kLongestWait); })
      .and_then(
          [&] { return InRange("--burst-length", ToSeconds(burst.length), 1.0, kLongestWait); });
}

Result<void> ValidatePlayers(const WorldOptions& world) {
  const int needed = PlayersNeeded(world);
  if (world.players >= needed) {
    return {};
  }
  return Fail(ErrorCode::kInvalidInput,
              fmt::format("--players {} are too few: {} games at a time need {}", world.players,
                          needed / static_cast<int>(kSeats), needed));
}

}  // namespace

Result<void> ValidateSimulation(const SimulationOptions& options) {
  const WorldOptions& world = options.world;
  return InRange("--games", world.games, 1, kMostGames)
      .and_then(
          [&] { return InRange("--moves-per-second", world.moves_per_second, 0.001, 100'000.0); })
      .and_then([&] { return InRange("--rounds-to-win", world.rounds_to_win, 1, 99); })
      .and_then([&] { return InRange("--abandon-ratio", world.abandon_ratio, 0.0, 1.0); })
      .and_then([&] { return InRange("--connections", options.connections, 1, 64); })
      .and_then([&] { return InRange("--connections", options.connections, 1, world.games); })
      .and_then([&] { return world.burst ? ValidateBurst(*world.burst) : Result<void>(); })
      .and_then([&] { return ValidatePlayers(world); });
}

SimulationReport Play(World& world, GameWriter& writer, std::optional<Duration> duration,
                      const Clock& clock, const Logger& log, const std::stop_token& stop) {
  return WorldPlayer(world, writer, clock, log, stop).Run(duration);
}

Result<SimulationReport> Simulate(const SimulationOptions& options, const Clock& clock,
                                  const Logger& log, std::stop_token stop) {
  if (const auto valid = ValidateSimulation(options); !valid) {
    return Fail(valid.error());
  }
  const auto roster = Prepare(options, clock, log, stop);
  if (!roster) {
    return Fail(roster.error());
  }
  if (!roster->has_value()) {
    return SimulationReport{};
  }
  log.Info("simulation begins", {{"games", options.world.games},
                                 {"moves_per_second", options.world.moves_per_second},
                                 {"connections", options.connections},
                                 {"seed", options.seed}});
  const std::vector<Part> parts = Divide(options, **roster);
  std::vector<SimulationReport> reports(parts.size());
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < parts.size(); ++i) {
      threads.emplace_back(
          [&, i] { reports.at(i) = PlayPart(parts.at(i), options, clock, log, stop); });
    }
  }
  return Sum(reports);
}

}  // namespace hakem::simulator
