#include "simulator/world/world.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "model/check.h"
#include "simulator/world/pace.h"

namespace hakem::simulator {

World::World(const WorldOptions& options, std::uint64_t seed, std::vector<int> ratings)
    : options_(options),
      random_(seed),
      free_players_(static_cast<std::size_t>(options.players)),
      ratings_(std::move(ratings), free_players_.size()) {
  for (std::size_t i = 0; i < free_players_.size(); ++i) {
    free_players_.at(i) = PlayerId(i);
  }
  Replenish(kUntilAllAreOpen);
  if (options_.burst) {
    agenda_.Add(options_.burst->after, Task{.step = Step::kBurst});
    agenda_.Add(options_.burst->after + options_.burst->length, Task{.step = Step::kCalm});
  }
}

std::vector<Event> World::Advance(Offset until) {
  HAKEM_CHECK(until >= now_);
  while (const auto due = agenda_.Take(until)) {
    now_ = due->at;
    Do(due->task);
  }
  now_ = until;
  return std::exchange(events_, {});
}

void World::Forget(GameId game) {
  if (games_.contains(game)) {
    Remove(game);
  }
}

std::vector<Event> World::Close() {
  while (!games_.empty()) {
    End(games_.begin()->first, Outcome::kCancelled);
  }
  return std::exchange(events_, {});
}

void World::Do(const Task& task) {
  switch (task.step) {
    case Step::kBurst:
    case Step::kCalm:
      return SetBurst(task.step == Step::kBurst);
    case Step::kOpenLobby:
      return OpenLobby();
    case Step::kSeek:
      return Seek(task);
    default:
      break;
  }
  const auto game = games_.find(task.game);
  if (game != games_.end()) {
    DoInGame(task, game->second);
  }
}

void World::DoInGame(const Task& task, Game& game) {
  switch (task.step) {
    case Step::kJoin:
      return Join(task.game, game, task);
    case Step::kGiveUp:
      return GiveUp(task.game, game);
    case Step::kStart:
      return Start(task.game, game);
    case Step::kMove:
      return MoveOrLeave(task.game, game);
    case Step::kReturn:
      return Return(task.game, game, task.seat);
    case Step::kAbandon:
      return End(task.game, Outcome::kAbandoned);
    case Step::kComplete:
      return End(task.game, Outcome::kCompleted);
    case Step::kPing:
      return Ping(task, game);
    case Step::kBurst:
    case Step::kCalm:
    case Step::kOpenLobby:
    case Step::kSeek:
      HAKEM_CHECK(false);
  }
}

void World::SetBurst(bool on) {
  in_burst_ = on;
  if (on) {
    return Replenish(kUntilBurstIsFull);
  }
  // The newest games end first.
  while (live_games() > options_.games) {
    End(games_.rbegin()->first, Outcome::kCancelled);
  }
}

void World::Replenish(Offset within) {
  const int wanted = options_.games + (in_burst_ ? options_.burst->games : 0);
  for (; live_games() + opening_ < wanted; ++opening_) {
    After(random_.Between(Offset(0), within), Task{.step = Step::kOpenLobby});
  }
}

void World::OpenLobby() {
  --opening_;
  if (!in_burst_ && live_games() >= options_.games) {
    return;  // It was planned for a burst that is over.
  }
  const GameId id{games_opened_++};
  GameType type = DrawGameType(random_);
  const auto match = DrawMatch(type);
  Game game{.type = type,
            .table = Table(options_.rounds_to_win, random_.Fork()),
            .match = match,
            .invited = {},
            .deserted_at_move = std::nullopt};
  if (random_.Chance(options_.abandon_ratio)) {
    const auto rounds = static_cast<std::uint64_t>(options_.rounds_to_win);
    game.deserted_at_move = static_cast<int>(random_.Below(kDesertedWithinMovesPerRound * rounds));
  }
  events_.emplace_back(LobbyOpened{id, type, match, options_.rounds_to_win});
  Gather(id, games_.emplace(id, std::move(game)).first->second);
}

/// Returns the tournament match that the next lobby is for, if there is one. Changes `type`, the
/// type that was drawn for the lobby, accordingly.
std::optional<TournamentMatch> World::DrawMatch(GameType& type) {
  if (type == GameType::kTournament) {
    type = GameType::kStandard;
    if (random_.Chance(kTournamentsPerLobby) && CanHoldTournament()) {
      tournaments_.Begin();
    }
  }
  const auto match = tournaments_.TakeDue();
  if (match) {
    type = GameType::kTournament;
  }
  return match;
}

/// Returns whether enough players remain for all other games.
bool World::CanHoldTournament() const {
  const int games = options_.games + (options_.burst ? options_.burst->games : 0);
  return options_.players - static_cast<int>(kSeats) * games >=
         kWaitingForFinal * (tournaments_.running() + 1);
}

/// Seats the first player of a lobby and schedules three others.
void World::Gather(GameId id, Game& game) {
  if (random_.Chance(kGivenUpLobbies)) {
    After(random_.Between(kUntilLobbyIsGivenUp.shortest, kUntilLobbyIsGivenUp.longest),
          Task{.step = Step::kGiveUp, .game = id});
  }
  if (game.match) {
    const auto players = tournaments_.TakePlayers(*game.match);
    game.invited.assign(players.begin(), players.end());
  }
  const bool open_to_all = game.type == GameType::kStandard || game.type == GameType::kRanked;
  if (open_to_all) {
    waiting_[game.type].push_back(id);
  }
  const Task arrival = open_to_all ? Task{.step = Step::kSeek, .type = game.type}
                                   : Task{.step = Step::kJoin, .game = id};
  Offset at{0};
  for (Seat seat = 1; seat < kSeats; ++seat) {
    at += random_.Skewed(kUntilNextPlayer.shortest, kUntilNextPlayer.longest);
    After(at, arrival);
  }
  Join(id, game, arrival);
}

/// Lets a player who looks for a game of this type join a lobby. There is a lobby for each such
/// player, unless one was cancelled.
void World::Seek(const Task& task) {
  auto& lobbies = waiting_[task.type];
  if (!lobbies.empty()) {
    Join(lobbies.front(), games_.at(lobbies.front()), task);
  }
}

/// Seats one more player. If no player is free `again` is scheduled.
void World::Join(GameId id, Game& game, const Task& again) {
  const auto player = TakePlayer(game);
  if (!player) {
    return After(kUntilPlayerIsFree, again);
  }
  game.seats.push_back(Seated{.player = *player, .connection = std::nullopt});

  const Seat seat = game.seats.size() - 1;
  Connect(id, game, seat);
  events_.emplace_back(
      PlayerJoined{id, seat, game.seats.back().player, game.seats.back().connection->id});
  if (game.seats.size() == kSeats) {
    std::erase(waiting_[game.type], id);
    After(random_.Between(kUntilStart.shortest, kUntilStart.longest),
          Task{.step = Step::kStart, .game = id});
  }
}

/// Returns the next invited player, or else any free player; nothing if there is none.
std::optional<PlayerId> World::TakePlayer(Game& game) {
  if (!game.invited.empty()) {
    const PlayerId invited = game.invited.front();
    game.invited.pop_front();
    return invited;
  }
  if (free_players_.empty()) {
    return std::nullopt;
  }
  std::swap(free_players_.at(random_.Below(free_players_.size())), free_players_.back());
  const PlayerId player = free_players_.back();
  free_players_.pop_back();
  return player;
}

void World::GiveUp(GameId id, const Game& game) {
  if (game.seats.size() < kSeats) {
    End(id, Outcome::kCancelled);
  }
}

void World::Connect(GameId id, Game& game, Seat seat) {
  const ConnectionId connection{connections_opened_++};
  game.seats.at(seat).connection =
      Connection{.id = connection,
                 .latency = random_.Skewed(kLatency.shortest, kLatency.longest),
                 .opened_at_move = game.table.sequence()};
  After(random_.Between(kUntilPing.shortest, kUntilPing.longest),
        Task{.step = Step::kPing, .game = id, .seat = seat, .connection = connection});
}

void World::Ping(const Task& task, Game& game) {
  auto& connection = game.seats.at(task.seat).connection;
  if (!connection || connection->id != task.connection) {
    return;
  }
  ++connection->pings;
  const int messages = game.table.sequence() - connection->opened_at_move + connection->pings;
  events_.emplace_back(ConnectionPinged{connection->id, connection->latency, messages});
  After(random_.Between(kUntilPing.shortest, kUntilPing.longest), task);
}

void World::Start(GameId id, Game& game) {
  SetStage(game, Stage::kPlaying);
  events_.emplace_back(GameStarted{id});
  Think(id, game);
}

void World::Think(GameId id, Game& game) {
  // Each game has its share of the requested rate, so that the rate does not depend on their
  // number.
  const auto mean = std::chrono::duration<double>(playing_ / options_.moves_per_second);
  game.thinking = random_.Skewed(std::chrono::duration_cast<Offset>(mean * kQuickest),
                                 std::chrono::duration_cast<Offset>(mean * kSlowest));
  After(game.thinking, Task{.step = Step::kMove, .game = id});
}

void World::MoveOrLeave(GameId id, Game& game) {
  const bool deserted = game.deserted_at_move && game.table.sequence() >= *game.deserted_at_move;
  if (deserted || random_.Chance(kDisconnectionsPerMove)) {
    Leave(id, game, deserted);
  } else {
    PlayMove(id, game);
  }
}

void World::PlayMove(GameId id, Game& game) {
  const Move move = game.table.Next();
  Seated& mover = game.seats.at(move.seat);
  MovePlayed event{.game = id,
                   .player = mover.player,
                   .move = move,
                   .response = std::nullopt,
                   .average_response = std::nullopt};
  if (move.type != MoveType::kRoundStart) {
    mover.thought += game.thinking;
    ++mover.moves;
    event.response = game.thinking;
  }
  if (mover.moves > 0) {
    event.average_response = mover.thought / mover.moves;
  }
  events_.emplace_back(event);
  if (game.table.over()) {
    SetStage(game, Stage::kPlayedOut);
    After(random_.Between(kUntilCompleted.shortest, kUntilCompleted.longest),
          Task{.step = Step::kComplete, .game = id});
  } else {
    Think(id, game);
  }
}

void World::Leave(GameId id, Game& game, bool for_good) {
  const Seat seat = game.table.turn();
  const auto connection = std::exchange(game.seats.at(seat).connection, std::nullopt);
  const auto reason = kDisconnectReasons.at(random_.Below(kDisconnectReasons.size()));
  SetStage(game, Stage::kPaused);
  events_.emplace_back(PlayerDisconnected{id, seat, connection->id, reason});
  if (for_good) {
    After(random_.Between(kUntilGivenUp.shortest, kUntilGivenUp.longest),
          Task{.step = Step::kAbandon, .game = id});
  } else {
    After(random_.Skewed(kUntilReturn.shortest, kUntilReturn.longest),
          Task{.step = Step::kReturn, .game = id, .seat = seat});
  }
}

void World::Return(GameId id, Game& game, Seat seat) {
  Connect(id, game, seat);
  const Seated& player = game.seats.at(seat);
  SetStage(game, Stage::kPlaying);
  events_.emplace_back(PlayerReconnected{id, seat, player.player, player.connection->id});
  Think(id, game);
}

void World::End(GameId id, Outcome outcome) {
  GameEnded ended{.game = id, .outcome = outcome, .results = std::nullopt};
  if (outcome == Outcome::kCompleted) {
    ended.results = Results(games_.at(id));
  }
  events_.emplace_back(ended);
  Remove(id, AdvanceInTournament(games_.at(id), outcome));
}

/// Returns the team that plays another match of its tournament, if there is one: the winners, or
/// the opponents of a player who left for good.
std::optional<Team> World::AdvanceInTournament(const Game& game, Outcome outcome) {
  if (!game.match || !tournaments_.GoesOnAfter(*game.match) || outcome == Outcome::kCancelled) {
    return std::nullopt;
  }
  const Team winner = outcome == Outcome::kCompleted ? *game.table.match().winner()
                                                     : Opponents(TeamOf(game.table.turn()));
  tournaments_.Advance(*game.match, game.seats.at(winner).player, game.seats.at(winner + 2).player);
  return winner;
}

std::array<PlayerResult, kSeats> World::Results(const Game& game) {
  const Match& match = game.table.match();
  std::array<PlayerId, kSeats> players{};
  for (Seat seat = 0; seat < kSeats; ++seat) {
    players.at(seat) = game.seats.at(seat).player;
  }
  const auto changes = ratings_.ApplyResult(game.type, players, *match.winner());
  std::array<PlayerResult, kSeats> results{};
  for (Seat seat = 0; seat < kSeats; ++seat) {
    results.at(seat) = PlayerResult{.player = players.at(seat),
                                    .tricks_won = game.table.tricks_taken(seat),
                                    .rounds_won = match.score(TeamOf(seat)),
                                    .won = match.winner() == TeamOf(seat),
                                    .rating_change = changes.at(seat)};
  }
  return results;
}

/// Removes a game. Its players are free again, except for a team with another match to play.
void World::Remove(GameId id, std::optional<Team> kept) {
  Game& game = games_.at(id);
  for (Seat seat = 0; seat < game.seats.size(); ++seat) {
    if (kept != TeamOf(seat)) {
      free_players_.push_back(game.seats.at(seat).player);
    }
  }
  free_players_.insert(free_players_.end(), game.invited.begin(), game.invited.end());
  if (game.match && !kept) {
    const auto waiting = tournaments_.CallOff(*game.match);
    free_players_.insert(free_players_.end(), waiting.begin(), waiting.end());
  }
  std::erase(waiting_[game.type], id);
  SetStage(game, Stage::kPlayedOut);
  games_.erase(id);
  Replenish(kUntilNextLobby);
}

void World::SetStage(Game& game, Stage stage) {
  playing_ += (stage == Stage::kPlaying ? 1 : 0) - (game.stage == Stage::kPlaying ? 1 : 0);
  game.stage = stage;
}

}  // namespace hakem::simulator
