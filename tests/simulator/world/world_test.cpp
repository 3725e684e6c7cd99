#include "simulator/world/world.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace hakem::simulator {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using testing::AllOf;
using testing::Ge;
using testing::Le;

struct Happened {
  Offset at;  ///< At the latest; the step of the test before.
  Event event;
};

/// Returns the events of a world up to a time, advanced in steps.
std::vector<Happened> Watch(World& world, Offset until,
                            Offset step = std::chrono::milliseconds(100)) {
  std::vector<Happened> happened;
  for (Offset now = step; now <= until; now += step) {
    for (const Event& event : world.Advance(now)) {
      happened.push_back({now, event});
    }
  }
  return happened;
}

template <typename Kind>
std::vector<Kind> Only(const std::vector<Happened>& happened) {
  std::vector<Kind> only;
  for (const auto& [at, event] : happened) {
    if (const Kind* kind = std::get_if<Kind>(&event)) {
      only.push_back(*kind);
    }
  }
  return only;
}

int CountOutcomes(const std::vector<Happened>& happened, Outcome outcome) {
  const auto ended = Only<GameEnded>(happened);
  return static_cast<int>(std::count_if(ended.begin(), ended.end(), [&](const GameEnded& event) {
    return event.outcome == outcome;
  }));
}

/// Checks that every game follows the rules: a lobby, four different players who sit nowhere else,
/// a start, moves in sequence, at most one disconnection at a time, one end.
class Warden {
 public:
  void See(const Event& event) { std::visit(*this, event); }

  void operator()(const LobbyOpened& event) { EXPECT_TRUE(games_.try_emplace(event.game).second); }

  void operator()(const PlayerJoined& event) {
    Life& life = games_.at(event.game);
    EXPECT_EQ(event.seat, life.players.size());
    EXPECT_TRUE(seated_.insert(event.player).second) << "sits at two tables";
    life.players.push_back(event.player);
    life.connections.push_back(event.connection);
    Open(event.connection);
  }

  void operator()(const GameStarted& event) {
    Life& life = games_.at(event.game);
    EXPECT_EQ(life.players.size(), kSeats);
    EXPECT_FALSE(life.playing);
    life.playing = true;
  }

  void operator()(const MovePlayed& event) {
    Life& life = games_.at(event.game);
    EXPECT_TRUE(life.playing);
    EXPECT_EQ(event.move.sequence, ++life.moves);
    EXPECT_EQ(event.player, life.players.at(event.move.seat));
    EXPECT_EQ(event.response.has_value(), event.move.type != MoveType::kRoundStart);
  }

  void operator()(const PlayerDisconnected& event) {
    Life& life = games_.at(event.game);
    EXPECT_TRUE(life.playing);
    EXPECT_EQ(life.connections.at(event.seat), event.connection);
    EXPECT_EQ(open_.erase(event.connection), 1U);
    life.playing = false;
  }

  void operator()(const PlayerReconnected& event) {
    Life& life = games_.at(event.game);
    EXPECT_FALSE(life.playing);
    EXPECT_EQ(event.player, life.players.at(event.seat));
    Open(event.connection);
    life.connections.at(event.seat) = event.connection;
    life.playing = true;
  }

  void operator()(const ConnectionPinged& event) {
    EXPECT_TRUE(open_.contains(event.connection)) << "a ping of a closed connection";
  }

  void operator()(const GameEnded& event) {
    const Life& life = games_.at(event.game);
    EXPECT_EQ(event.results.has_value(), event.outcome == Outcome::kCompleted);
    for (const PlayerId player : life.players) {
      seated_.erase(player);
    }
    for (const ConnectionId connection : life.connections) {
      open_.erase(connection);
    }
    games_.erase(event.game);
  }

  std::size_t live() const { return games_.size(); }

  std::size_t connections() const { return open_.size(); }

 private:
  struct Life {
    std::vector<PlayerId> players;
    std::vector<ConnectionId> connections;
    bool playing = false;
    int moves = 0;
  };

  void Open(ConnectionId connection) { EXPECT_TRUE(open_.insert(connection).second); }

  std::map<GameId, Life> games_;
  std::set<PlayerId> seated_;
  std::set<ConnectionId> open_;
};

TEST(World, PlaysEveryGameByTheRules) {
  World world({.games = 30, .moves_per_second = 60, .rounds_to_win = 2, .abandon_ratio = 0.2}, 1);
  Warden warden;

  const auto happened = Watch(world, minutes(20));
  for (const auto& [at, event] : happened) {
    warden.See(event);
  }
  EXPECT_EQ(warden.live(), static_cast<std::size_t>(world.live_games()));
  EXPECT_GT(Only<GameEnded>(happened).size(), 100U);
  EXPECT_GT(Only<PlayerReconnected>(happened).size(), 20U);

  for (const Event& event : world.Close()) {
    warden.See(event);
  }
  EXPECT_EQ(warden.live(), 0U);
  EXPECT_EQ(warden.connections(), 0U);
}

TEST(World, KeepsTheRequestedNumberOfGamesLive) {
  World world({.games = 30, .moves_per_second = 60, .rounds_to_win = 1}, 1);
  world.Advance(seconds(10));

  for (int second = 11; second <= 600; ++second) {
    world.Advance(seconds(second));
    EXPECT_THAT(world.live_games(), AllOf(Ge(27), Le(30)));
  }
}

TEST(World, KeepsTheRequestedRateOfMoves) {
  for (const double rate : {0.5, 10.0, 400.0}) {
    World world({.games = 20, .moves_per_second = rate}, 1);
    world.Advance(seconds(60));
    std::size_t moves = 0;
    for (const Event& event : world.Advance(minutes(11))) {
      moves += std::holds_alternative<MovePlayed>(event) ? 1U : 0U;
    }

    EXPECT_NEAR(static_cast<double>(moves) / 600, rate, 0.1 * rate);
  }
}

TEST(World, IsTheSameForTheSameSeedInAnySteps) {
  const WorldOptions options{.games = 10, .moves_per_second = 30, .rounds_to_win = 1};
  const auto moves = [&](std::uint64_t seed, Offset step) {
    World world(options, seed);
    std::vector<std::tuple<GameId, PlayerId, int, std::optional<Offset>>> played;
    for (const MovePlayed& event : Only<MovePlayed>(Watch(world, minutes(5), step))) {
      played.emplace_back(event.game, event.player, event.move.sequence, event.response);
    }
    return played;
  };

  EXPECT_EQ(moves(1, seconds(1)), moves(1, std::chrono::milliseconds(10)));
  EXPECT_NE(moves(1, seconds(1)), moves(2, seconds(1)));
}

TEST(World, AbandonsTheRequestedShareOfGames) {
  World world({.games = 50, .moves_per_second = 500, .rounds_to_win = 1, .abandon_ratio = 0.3}, 1);

  const auto happened = Watch(world, minutes(30));

  const double abandoned = CountOutcomes(happened, Outcome::kAbandoned);
  const double completed = CountOutcomes(happened, Outcome::kCompleted);
  EXPECT_NEAR(abandoned / (abandoned + completed), 0.3, 0.05);
}

TEST(World, AbandonsNoGameUnlessRequested) {
  World world({.games = 50, .moves_per_second = 500, .rounds_to_win = 1, .abandon_ratio = 0}, 1);

  const auto happened = Watch(world, minutes(5));

  EXPECT_EQ(CountOutcomes(happened, Outcome::kAbandoned), 0);
  EXPECT_GT(CountOutcomes(happened, Outcome::kCompleted), 100);
}

TEST(World, RaisesTheNumberOfGamesInABurstAndEndsThemAfterIt) {
  World world(
      {.games = 10, .burst = Burst{.after = seconds(60), .games = 25, .length = seconds(30)}}, 1);

  world.Advance(seconds(59));
  EXPECT_EQ(world.live_games(), 10);
  world.Advance(seconds(63));
  EXPECT_TRUE(world.in_burst());
  EXPECT_EQ(world.live_games(), 35);

  int cancelled = 0;
  for (const Event& event : world.Advance(seconds(91))) {
    const auto* ended = std::get_if<GameEnded>(&event);
    cancelled += ended != nullptr && ended->outcome == Outcome::kCancelled ? 1 : 0;
  }
  EXPECT_FALSE(world.in_burst());
  EXPECT_GE(cancelled, 25);  // Includes cancelled lobbies.
  EXPECT_EQ(world.live_games(), 10);
}

TEST(World, PingsEveryConnectionEveryTwentyToThirtySeconds) {
  World world({.games = 5, .moves_per_second = 1}, 1);
  std::map<ConnectionId, Offset> seen;
  int pings = 0;

  for (const auto& [at, event] : Watch(world, minutes(10))) {
    if (const auto* joined = std::get_if<PlayerJoined>(&event)) {
      seen[joined->connection] = at;
    }
    if (const auto* pinged = std::get_if<ConnectionPinged>(&event);
        pinged && seen.contains(pinged->connection)) {
      const Offset gap = at - std::exchange(seen[pinged->connection], at);
      EXPECT_THAT(gap, AllOf(Ge(seconds(20) - std::chrono::milliseconds(100)),
                             Le(seconds(30) + std::chrono::milliseconds(100))));
      ++pings;
    }
  }
  EXPECT_GT(pings, 5 * 4 * 15);
}

TEST(World, ReportsResultsThatAddUp) {
  World world({.games = 10, .moves_per_second = 100, .rounds_to_win = 3}, 1);
  int completed = 0;

  for (const GameEnded& event : Only<GameEnded>(Watch(world, minutes(10)))) {
    if (!event.results) {
      continue;
    }
    ++completed;
    int winners = 0;
    int rating = 0;
    int tricks = 0;
    for (const PlayerResult& result : *event.results) {
      winners += result.won ? 1 : 0;
      rating += result.rating_change;
      tricks += result.tricks_won;
      EXPECT_EQ(result.won, result.rounds_won >= 3);
    }
    EXPECT_EQ(winners, 2);
    EXPECT_EQ(rating, 0);
    EXPECT_GE(tricks, 7);
  }
  EXPECT_GT(completed, 50);
}

TEST(World, SeatsPlayersAtTheLobbyThatHasWaitedLongest) {
  World world({.games = 60, .moves_per_second = 60, .rounds_to_win = 1}, 1);
  std::map<GameType, std::vector<GameId>> waiting;  // In the order of their opening.
  std::map<GameId, GameType> types;
  std::map<GameId, int> seats;
  int seekers = 0;

  for (const auto& [at, event] : Watch(world, minutes(10))) {
    if (const auto* opened = std::get_if<LobbyOpened>(&event)) {
      types[opened->game] = opened->type;
      waiting[opened->type].push_back(opened->game);
    } else if (const auto* joined = std::get_if<PlayerJoined>(&event)) {
      const GameType type = types.at(joined->game);
      auto& lobbies = waiting[type];
      // The first player of a lobby opened it.
      if (joined->seat > 0 && (type == GameType::kStandard || type == GameType::kRanked)) {
        EXPECT_EQ(joined->game, lobbies.front());
        ++seekers;
      }
      if (++seats[joined->game] == static_cast<int>(kSeats)) {
        std::erase(lobbies, joined->game);
      }
    } else if (const auto* ended = std::get_if<GameEnded>(&event)) {
      std::erase(waiting[types.at(ended->game)], ended->game);
    }
  }
  EXPECT_GT(seekers, 1'000);
}

TEST(World, CancelsSomeLobbiesThatAreNotFull) {
  World world({.games = 60, .moves_per_second = 600, .rounds_to_win = 1}, 1);

  const auto happened = Watch(world, minutes(10));

  const auto opened = static_cast<double>(Only<LobbyOpened>(happened).size());
  const double given_up = CountOutcomes(happened, Outcome::kCancelled);
  EXPECT_GT(given_up, 0.005 * opened);
  EXPECT_LT(given_up, 0.03 * opened);
}

/// The players of the matches of a tournament, by TournamentRound and seat.
using Bracket = std::array<std::vector<PlayerId>, 3>;

TEST(World, LetsTheWinnersOfTwoSemifinalsMeetInTheFinal) {
  World world({.games = 40, .moves_per_second = 400, .rounds_to_win = 1, .abandon_ratio = 0.1}, 1);
  std::map<std::uint64_t, Bracket> brackets;
  std::map<GameId, TournamentMatch> matches;
  int finals = 0;

  for (const auto& [at, event] : Watch(world, minutes(30))) {
    if (const auto* opened = std::get_if<LobbyOpened>(&event)) {
      EXPECT_EQ(opened->match.has_value(), opened->type == GameType::kTournament);
      if (opened->match) {
        matches.emplace(opened->game, *opened->match);
      }
    } else if (const auto* joined = std::get_if<PlayerJoined>(&event);
               joined && matches.contains(joined->game)) {
      const auto& [tournament, round] = matches.at(joined->game);
      brackets[tournament].at(static_cast<std::size_t>(round)).push_back(joined->player);
    }
  }
  for (const auto& [number, bracket] : brackets) {
    const auto& [first, second, final] = bracket;
    finals += final.size() == kSeats ? 1 : 0;
    for (std::size_t seat = 0; seat < final.size(); ++seat) {
      const bool from_first = std::count(first.begin(), first.end(), final.at(seat)) == 1;
      const bool from_second = std::count(second.begin(), second.end(), final.at(seat)) == 1;
      EXPECT_NE(from_first, from_second);
      if (seat >= 2) {
        const auto& semifinal = from_first ? first : second;
        EXPECT_EQ(std::count(semifinal.begin(), semifinal.end(), final.at(seat - 2)), 1)
            << "partners came through the same semi-final";
      }
    }
  }
  EXPECT_GT(finals, 20);
}

TEST(World, HoldsNoTournamentIfNoPlayerCanWaitForTheFinal) {
  World world({.games = 10, .moves_per_second = 200, .players = 40, .rounds_to_win = 1}, 1);

  const auto happened = Watch(world, minutes(10));
  for (const LobbyOpened& event : Only<LobbyOpened>(happened)) {
    EXPECT_NE(event.type, GameType::kTournament);
  }
  EXPECT_GT(Only<GameEnded>(happened).size(), 100U);
}

TEST(World, ChangesRatingsByHowUnexpectedTheResultWas) {
  const WorldOptions options{.games = 10, .moves_per_second = 100, .rounds_to_win = 1};
  std::vector<int> ratings(static_cast<std::size_t>(options.players), 1'000);
  for (std::size_t i = 0; i < ratings.size(); i += 2) {
    ratings.at(i) = 1'600;
  }
  World world(options, 1, ratings);
  std::map<GameId, GameType> types;
  std::set<int> changes;

  for (const auto& [at, event] : Watch(world, minutes(10))) {
    if (const auto* opened = std::get_if<LobbyOpened>(&event)) {
      types[opened->game] = opened->type;
    } else if (const auto* ended = std::get_if<GameEnded>(&event); ended && ended->results) {
      const int change = std::abs(ended->results->front().rating_change);
      EXPECT_EQ(change == 0, types.at(ended->game) == GameType::kFriendly);
      changes.insert(change);
    }
  }
  EXPECT_GT(changes.size(), 10U);
}

TEST(World, ReplacesAForgottenGame) {
  World world({.games = 3, .players = 12}, 1);
  world.Advance(seconds(30));

  world.Forget(GameId{1});
  EXPECT_EQ(world.live_games(), 2);
  const auto events = world.Advance(seconds(60));

  EXPECT_EQ(world.live_games(), 3);
  for (const Event& event : events) {
    if (const auto* move = std::get_if<MovePlayed>(&event)) {
      EXPECT_NE(move->game, GameId{1});
    }
  }
}

}  // namespace
}  // namespace hakem::simulator
