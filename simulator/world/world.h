#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <vector>

#include "model/time.h"
#include "simulator/play/random.h"
#include "simulator/world/agenda.h"
#include "simulator/world/event.h"
#include "simulator/world/ratings.h"
#include "simulator/world/tournaments.h"

namespace hakem::simulator {

/// A time with more live games than usual.
struct Burst {
  Duration after{0};  ///< When it starts, since the world began.
  int games = 0;      ///< Additional games, opened within two seconds.
  Duration length{0};
};

/// The size and speed of a World.
struct WorldOptions {
  int games = 20;                ///< Live games at any time, including lobbies.
  double moves_per_second = 10;  ///< Over all games together.
  int players = 400;             ///< At least four for each game, including those of the burst.
  int rounds_to_win = 7;
  double abandon_ratio = 0.05;  ///< The share of games that a player leaves for good.
  std::optional<Burst> burst = std::nullopt;
};

/// Simulates the games of a Hokm server. Players who look for a standard or ranked game join the
/// lobby of that type that has waited longest; friends and tournaments have lobbies of their own.
/// Games start, players think, lose their connections and come back or not. For each game that ends
/// another lobby opens. The events depend only on options, seed and ratings, not on the steps of
/// Advance. A World has neither a clock nor a database. Used by one thread.
class World {
 public:
  /// `ratings` are the initial ratings of the players; empty: all players have the same. Requires:
  /// the options are valid (ValidateSimulation).
  World(const WorldOptions& options, std::uint64_t seed, std::vector<int> ratings = {});

  /// Returns the earliest time of the next event.
  Offset NextAt() const { return *agenda_.NextAt(); }

  /// Returns the events up to and including `until`, in order. Requires: `until` is not before that
  /// of the last call.
  std::vector<Event> Advance(Offset until);

  /// Removes a game that was deleted from the database. Its players are free again.
  void Forget(GameId game);

  /// Cancels all games and returns the last events of this world.
  std::vector<Event> Close();

  /// The number of games that were opened and have not ended.
  int live_games() const { return static_cast<int>(games_.size()); }

  /// Whether a burst is going on.
  bool in_burst() const { return in_burst_; }

 private:
  enum class Stage { kLobby, kPlaying, kPaused, kPlayedOut };

  struct Connection {
    ConnectionId id;
    Offset latency;
    int opened_at_move;  ///< The messages of a connection are counted from this move on.
    int pings = 0;
  };

  struct Seated {
    PlayerId player;
    std::optional<Connection> connection;
    Offset thought{0};  ///< The sum over all moves.
    int moves = 0;
  };

  struct Game {
    GameType type;
    Table table;
    std::optional<TournamentMatch> match;
    std::deque<PlayerId>
        invited;  ///< The players for the next seats, in order; if empty anyone may join.
    std::optional<int> deserted_at_move;  ///< When a player will leave for good.
    Stage stage = Stage::kLobby;
    std::vector<Seated> seats = {};
    Offset thinking{0};  ///< How long the next move takes.
  };

  enum class Step {
    kBurst,
    kCalm,
    kOpenLobby,
    kSeek,
    kJoin,
    kGiveUp,
    kStart,
    kMove,
    kReturn,
    kAbandon,
    kComplete,
    kPing
  };

  /// A step to be done later. It is skipped if its game or connection does not exist any more.
  struct Task {
    Step step;
    GameId game{};
    Seat seat = 0;
    ConnectionId connection{};
    GameType type{};
  };

  void After(Offset delay, Task task) { agenda_.Add(now_ + delay, task); }

  void Do(const Task& task);
  void DoInGame(const Task& task, Game& game);
  void SetBurst(bool on);
  void Replenish(Offset within);
  void OpenLobby();
  std::optional<TournamentMatch> DrawMatch(GameType& type);
  bool CanHoldTournament() const;
  void Gather(GameId id, Game& game);
  void Seek(const Task& task);
  void Join(GameId id, Game& game, const Task& again);
  std::optional<PlayerId> TakePlayer(Game& game);
  void GiveUp(GameId id, const Game& game);
  void Connect(GameId id, Game& game, Seat seat);
  void Start(GameId id, Game& game);
  void Think(GameId id, Game& game);
  void MoveOrLeave(GameId id, Game& game);
  void PlayMove(GameId id, Game& game);
  void Leave(GameId id, Game& game, bool for_good);
  void Return(GameId id, Game& game, Seat seat);
  void Ping(const Task& task, Game& game);
  void End(GameId id, Outcome outcome);
  std::array<PlayerResult, kSeats> Results(const Game& game);
  std::optional<Team> AdvanceInTournament(const Game& game, Outcome outcome);
  void Remove(GameId id, std::optional<Team> kept = std::nullopt);
  void SetStage(Game& game, Stage stage);

  const WorldOptions options_;
  Random random_;
  Agenda<Task> agenda_;
  Offset now_{0};
  std::map<GameId, Game> games_;  ///< Sorted by age, the newest last.
  std::vector<PlayerId> free_players_;
  Ratings ratings_;
  std::map<GameType, std::deque<GameId>> waiting_;  ///< Lobbies that anyone may join.
  Tournaments tournaments_;
  int opening_ = 0;  ///< Lobbies that are about to open.
  int playing_ = 0;  ///< Games in which a player is thinking.
  bool in_burst_ = false;
  std::uint64_t games_opened_ = 0;
  std::uint64_t connections_opened_ = 0;
  std::vector<Event> events_;  ///< The events of the current call.
};

}  // namespace hakem::simulator
