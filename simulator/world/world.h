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

/// A rush: for a while more games are live.
struct Burst {
  Duration after{0};  ///< Since the world began.
  int games = 0;      ///< Opened within two seconds, beside the usual ones.
  Duration length{0};
};

/// How much goes on in a World.
struct WorldOptions {
  int games = 20;                ///< Live at any time, lobbies included.
  double moves_per_second = 10;  ///< Of all games that are played, together.
  int players = 400;             ///< At least four for each game, those of the burst included.
  int rounds_to_win = 7;
  double abandon_ratio = 0.05;  ///< Share of the games that a player leaves for good.
  std::optional<Burst> burst = std::nullopt;
};

/// The life of a Hokm server: which game does what when. Who looks for a standard or ranked game is
/// put at the table of its kind that has waited longest; friends and tournaments have tables of
/// their own. Games start, people think, lose their connections and come back or not; for each game
/// that ends another lobby opens. A pure function of options, seed and ratings: the same events at
/// the same offsets, in whatever steps it is advanced. Knows neither clock nor database; one user
/// at a time.
class World {
 public:
  /// `ratings`: of the players, as they begin; empty: all the same.
  /// Requires: the options are valid (ValidateSimulation).
  World(const WorldOptions& options, std::uint64_t seed, std::vector<int> ratings = {});

  /// When something happens next, at the earliest.
  Offset NextAt() const { return *agenda_.NextAt(); }

  /// What happens up to and including `until`, in order. Requires: not before the last call's.
  std::vector<Event> Advance(Offset until);

  /// Forgets a game that the database does not know any more; its players are free again.
  void Forget(GameId game);

  /// Cancels all games: the last events of this world.
  std::vector<Event> Close();

  /// Games that have been opened and have not ended.
  int live_games() const { return static_cast<int>(games_.size()); }

  /// Whether the rush is on.
  bool in_burst() const { return in_burst_; }

 private:
  enum class Stage { kLobby, kPlaying, kPaused, kPlayedOut };

  struct Connection {
    ConnectionId id;
    Offset latency;
    int opened_at_move;  ///< Messages are counted from there.
    int pings = 0;
  };

  struct Seated {
    PlayerId player;
    std::optional<Connection> connection;
    Offset thought{0};  ///< In all moves together.
    int moves = 0;
  };

  struct Game {
    GameType type;
    Table table;
    std::optional<TournamentMatch> match;
    std::deque<PlayerId> invited;         ///< Who alone may take the next seats, in this order.
    std::optional<int> deserted_at_move;  ///< The fate of a game that will be abandoned.
    Stage stage = Stage::kLobby;
    std::vector<Seated> seats = {};
    Offset thinking{0};  ///< What the next move takes.
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

  /// A step, of a game where there is one; one whose game or connection is gone is passed over.
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
  std::map<GameId, Game> games_;  ///< The newest last.
  std::vector<PlayerId> free_players_;
  Ratings ratings_;
  std::map<GameType, std::deque<GameId>> waiting_;  ///< Lobbies that anyone may join.
  Tournaments tournaments_;
  int opening_ = 0;  ///< Lobbies on the agenda.
  int playing_ = 0;  ///< Games whose players think.
  bool in_burst_ = false;
  std::uint64_t games_opened_ = 0;
  std::uint64_t connections_opened_ = 0;
  std::vector<Event> events_;  ///< Of the call that runs.
};

}  // namespace hakem::simulator
