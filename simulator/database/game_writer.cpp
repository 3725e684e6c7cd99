#include "simulator/database/game_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <optional>
#include <pqxx/pqxx>
#include <string_view>
#include <utility>

#include "simulator/database/schema.h"
#include "simulator/database/statements.h"
#include "simulator/play/random.h"

namespace hakem::simulator {
namespace {

using std::chrono::microseconds;

/// A statement did not find the game. Thrown and caught only in this file.
struct GameIsGone {};

/// The database has no schema and it shall not be created. Thrown and caught only in this file.
struct SchemaIsMissing {};

constexpr int kBytesSentPerMessage = 180;
constexpr int kBytesReceivedPerMessage = 45;

/// Prepends timeouts for everything that can hang, so that the caller's string can override them.
/// They are in the connection string and not set by SET, because libpqxx may reconnect by itself.
std::string WithLimits(const std::string& conninfo) {
  if (conninfo.starts_with("postgresql://") || conninfo.starts_with("postgres://")) {
    const std::size_t end = conninfo.find('?');
    return fmt::format(
        "{}?application_name=hakem-simulator&connect_timeout=5&tcp_user_timeout=10000"
        "&options=-c%20statement_timeout%3D5s%20-c%20lock_timeout%3D2s{}",
        conninfo.substr(0, end), end == std::string::npos ? "" : "&" + conninfo.substr(end + 1));
  }
  return "application_name=hakem-simulator connect_timeout=5 tcp_user_timeout=10000"
         " options='-c statement_timeout=5s -c lock_timeout=2s' " +
         conninfo;
}

/// Returns the first line without the severity. The other lines quote the statement.
std::string FirstLine(std::string_view text) {
  constexpr std::string_view kSeverity = "ERROR:  ";
  if (text.starts_with(kSeverity)) {
    text.remove_prefix(kSeverity.size());
  }
  return std::string(text.substr(0, text.find('\n')));
}

Error ErrorOf(const pqxx::sql_error& error) {
  const std::string& state = error.sqlstate();
  const auto in = [&state](std::string_view prefix) { return state.starts_with(prefix); };
  ErrorCode code = ErrorCode::kUnavailable;
  if (in("57014") || in("55P03") || in("40")) {
    code = ErrorCode::kTimeout;
  } else if (in("42501")) {
    code = ErrorCode::kRefused;
  } else if (in("23")) {
    code = ErrorCode::kNotFound;
  } else if (in("42") || in("3F")) {
    code = ErrorCode::kInvalidInput;
  }
  return {code, FirstLine(error.what())};
}

/// Returns libpq's message about a failed connection. If the connection string is invalid the
/// message may quote it with its password, so it is replaced.
Error ConnectErrorOf(std::string_view message) {
  for (const std::string_view unreadable :
       {"connection info string", "connection option", "invalid URI", "invalid connection"}) {
    if (message.find(unreadable) != std::string_view::npos) {
      return {ErrorCode::kInvalidInput,
              "the connection string cannot be read: key=value pairs or a postgresql:// URI are"
              " expected"};
    }
  }
  return {ErrorCode::kUnavailable, "cannot connect: " + FirstLine(message)};
}

/// Runs `work` and converts exceptions of libpqxx into an Error.
Result<void> Try(const std::function<void()>& work) {
  try {
    work();
    return {};
  } catch (const GameIsGone&) {
    return Fail(ErrorCode::kNotFound, "the game is not in the database any more");
  } catch (const SchemaIsMissing&) {
    return Fail(ErrorCode::kInvalidInput,
                "the database has no schema hokm_game: --create-schema makes it");
  } catch (const pqxx::broken_connection& error) {
    return Fail(ErrorCode::kUnavailable, "connection lost: " + FirstLine(error.what()));
  } catch (const pqxx::in_doubt_error& error) {
    return Fail(ErrorCode::kUnavailable, "connection lost in a commit: " + FirstLine(error.what()));
  } catch (const pqxx::sql_error& error) {
    return Fail(ErrorOf(error));
  } catch (const std::exception& error) {
    return Fail(ErrorCode::kInternal, FirstLine(error.what()));
  }
}

using ConnectionPtr = std::unique_ptr<pqxx::connection>;

Result<ConnectionPtr> Connect(const Secret& conninfo) {
  try {
    return std::make_unique<pqxx::connection>(WithLimits(conninfo.Reveal()));
  } catch (const std::exception& error) {
    return Fail(ConnectErrorOf(error.what()));
  }
}

std::string Interval(microseconds length) {
  return fmt::format("{} microseconds", length.count());
}

std::optional<std::string> Interval(std::optional<microseconds> length) {
  return length ? std::optional(Interval(*length)) : std::nullopt;
}

std::string_view PhaseAfter(const Move& move) {
  return move.type == MoveType::kRoundStart ? "choosing_trump" : "playing";
}

std::string_view DisconnectReason(Outcome outcome) {
  switch (outcome) {
    case Outcome::kCompleted:
      return "game_over";
    case Outcome::kAbandoned:
      return "game_abandoned";
    case Outcome::kCancelled:
      return "game_cancelled";
  }
  return "game_over";
}

/// Writes one event inside its transaction, with an overload for each kind.
class EventWriter {
 public:
  EventWriter(pqxx::work& transaction, const Roster& roster)
      : transaction_(transaction), roster_(roster) {}

  void operator()(const LobbyOpened& event) {
    const std::string key =
        fmt::format("sim-{}-{}", roster_.run, std::to_string(Number(event.game)));
    const std::string room = event.match ? fmt::format("tournament-{}-{}", event.match->tournament,
                                                       ToString(event.match->round))
                                         : fmt::format("room-{}", Number(event.game) % 1'000);
    Run(kOpenLobby, Id(event.game), room, key, Text(ToString(event.type)), event.rounds_to_win);
  }

  void operator()(const PlayerJoined& event) {
    const std::string game = Lock(event.game);
    const int seat = static_cast<int>(event.seat);
    Run(kTakeSeat, game, Player(event.player), seat);
    Run(kOpenConnection, Id(event.connection), Player(event.player), game);
    Run(kCountPlayers, game, seat + 1);
    Run(kSeePlayer, Player(event.player));
  }

  void operator()(const GameStarted& event) { Run(kStartGame, Lock(event.game)); }

  void operator()(const MovePlayed& event) {
    const std::string game = Lock(event.game);
    const Move& move = event.move;
    const int seat = static_cast<int>(move.seat);
    const std::string player = Player(event.player);
    Run(kInsertMove, game, player, Text(ToString(move.type)), MoveData(move), move.round,
        move.trick, move.sequence, Interval(event.response));
    const bool starts_round = move.type == MoveType::kRoundStart;
    Run(kUpdateGame, game, Text(PhaseAfter(move)), move.round,
        starts_round ? std::optional(player) : std::nullopt,
        move.trump ? std::optional(Text(ToString(*move.trump))) : std::nullopt, move.score.at(0),
        move.score.at(1));
    if (starts_round) {
      Run(kNameHakem, game, seat);
    }
    Run(kUpdateMover, game, seat, Interval(event.average_response));
  }

  void operator()(const PlayerDisconnected& event) {
    const std::string game = Lock(event.game);
    Run(kCloseConnection, Id(event.connection), Text(event.reason));
    Run(kMarkDisconnected, game, static_cast<int>(event.seat));
    Run(kPauseGame, game);
  }

  void operator()(const PlayerReconnected& event) {
    const std::string game = Lock(event.game);
    Run(kOpenConnection, Id(event.connection), Player(event.player), game);
    Run(kMarkConnected, game, static_cast<int>(event.seat));
    Run(kResumeGame, game);
  }

  void operator()(const ConnectionPinged& event) {
    Run(kPing, Id(event.connection), Interval(event.latency), event.messages,
        event.messages * kBytesSentPerMessage, event.messages * kBytesReceivedPerMessage);
  }

  void operator()(const GameEnded& event) {
    const std::string game = Lock(event.game);
    if (Run(kEndGame, game, Text(ToString(event.outcome))).affected_rows() == 0) {
      return;  // An earlier try was committed.
    }
    Run(kEmptySeats, game);
    Run(kCloseConnections, game, Text(DisconnectReason(event.outcome)));
    if (event.results) {
      WriteResults(game, *event.results);
    }
  }

 private:
  static std::string Text(std::string_view text) { return std::string(text); }

  static std::uint64_t Number(GameId id) { return static_cast<std::uint64_t>(id); }

  /// Returns a uuid (in the form of version 4) that depends only on the run and its arguments, so
  /// that a retry has the same one.
  std::string Uuid(std::uint64_t kind, std::uint64_t number) const {
    Random bits(Random(roster_.run ^ (kind << 56U)).Next() + number);
    const std::uint64_t high = (bits.Next() & ~0xF000ULL) | 0x4000ULL;
    const std::uint64_t low = (bits.Next() & ~(3ULL << 62U)) | (2ULL << 62U);
    return fmt::format("{:08x}-{:04x}-{:04x}-{:04x}-{:012x}", high >> 32U, (high >> 16U) & 0xFFFFU,
                       high & 0xFFFFU, low >> 48U, low & 0xFFFF'FFFF'FFFFULL);
  }

  std::string Id(GameId id) const { return Uuid(1, Number(id)); }

  std::string Id(ConnectionId id) const { return Uuid(2, static_cast<std::uint64_t>(id)); }

  const std::string& Player(PlayerId id) const {
    return roster_.players.at(static_cast<std::size_t>(id));
  }

  template <typename... Values>
  pqxx::result Run(const Statement& statement, const Values&... values) {
    return transaction_.exec_prepared(std::string(statement.name), values...);
  }

  /// Locks the row of the game and returns its id.
  std::string Lock(GameId game) {
    std::string id = Id(game);
    if (Run(kLockGame, id).empty()) {
      throw GameIsGone{};
    }
    return id;
  }

  void WriteResults(const std::string& game, const std::array<PlayerResult, kSeats>& results) {
    for (const PlayerResult& result : results) {
      Run(kInsertResult, game, Player(result.player), result.tricks_won, result.rounds_won,
          result.won, result.rating_change);
      Run(kCountResult, Player(result.player), result.won ? 1 : 0, result.rating_change);
    }
  }

  pqxx::work& transaction_;
  const Roster& roster_;
};

class DatabaseWriter final : public GameWriter {
 public:
  DatabaseWriter(const Secret& conninfo, Roster roster)
      : conninfo_(conninfo), roster_(std::move(roster)) {}

  Result<void> Write(const Event& event) override {
    if (!connection_) {
      auto opened = Open();
      if (!opened) {
        return Fail(opened.error());
      }
      connection_ = std::move(*opened);
    }
    auto written = Try([&] {
      pqxx::work transaction(*connection_);
      std::visit(EventWriter(transaction, roster_), event);
      transaction.commit();
    });
    if (!written && written.error().code != ErrorCode::kNotFound &&
        written.error().code != ErrorCode::kTimeout) {
      connection_.reset();
    }
    return written;
  }

 private:
  Result<ConnectionPtr> Open() const {
    auto connection = Connect(conninfo_);
    if (!connection) {
      return connection;
    }
    const auto prepared = Try([&] {
      for (const Statement* statement : kEventStatements) {
        (*connection)->prepare(std::string(statement->name), std::string(statement->sql));
      }
    });
    return prepared ? std::move(connection) : Fail(prepared.error());
  }

  const Secret conninfo_;
  const Roster roster_;
  ConnectionPtr connection_;
};

void CreateSchema(pqxx::work& transaction, MissingSchema missing_schema) {
  if (missing_schema == MissingSchema::kRefuse) {
    throw SchemaIsMissing{};
  }
  transaction.exec(std::string(kSchemaSql));
}

}  // namespace

Result<Roster> PrepareDatabase(const Secret& conninfo, int players, MissingSchema missing_schema) {
  const auto connection = Connect(conninfo);
  if (!connection) {
    return Fail(connection.error());
  }
  Roster roster;
  const auto prepared = Try([&] {
    pqxx::work transaction(**connection);
    if (transaction.exec1(std::string(kSelectSchemaIsMissing))[0].as<bool>()) {
      CreateSchema(transaction, missing_schema);
    }
    transaction.exec(std::string(kEndLeftGames));
    transaction.exec_params(std::string(kInsertPlayers), players);
    for (const auto& row : transaction.exec_params(std::string(kSelectPlayers), players)) {
      roster.players.push_back(row[0].as<std::string>());
      roster.ratings.push_back(row[1].as<int>());
    }
    roster.run = transaction.exec1(std::string(kSelectRun))[0].as<std::uint64_t>();
    transaction.commit();
  });
  return prepared ? Result<Roster>(std::move(roster)) : Fail(prepared.error());
}

Result<void> RunScript(const Secret& conninfo, std::string_view sql) {
  const auto connection = Connect(conninfo);
  if (!connection) {
    return Fail(connection.error());
  }
  return Try([&] {
    pqxx::work transaction(**connection);
    transaction.exec(std::string(sql));
    transaction.commit();
  });
}

std::unique_ptr<GameWriter> MakeDatabaseWriter(const Secret& conninfo, Roster roster) {
  return std::make_unique<DatabaseWriter>(conninfo, std::move(roster));
}

}  // namespace hakem::simulator
