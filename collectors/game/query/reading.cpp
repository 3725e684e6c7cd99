#include "collectors/game/query/reading.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "collectors/game/counting/followed_rows.h"
#include "collectors/game/query/statements.h"

namespace hakem::collectors {
namespace {

constexpr std::size_t kName = 1;
constexpr std::size_t kType = 2;
constexpr std::size_t kIds = 3;
constexpr std::size_t kFirstNumber = 4;
constexpr std::size_t kColumns = kFirstNumber + 8;

/// One row of the game statement: its part, its texts and up to eight numbers.
class PartRow {
 public:
  PartRow(const Rows& rows, std::size_t row) : rows_(rows), row_(row) {}

  std::string_view part() const { return rows_.Text(row_, 0).value_or(""); }

  std::string name() const { return std::string(rows_.Text(row_, kName).value_or("")); }

  std::string type() const { return std::string(rows_.Text(row_, kType).value_or("")); }

  std::string id() const { return std::string(rows_.Text(row_, kIds).value_or("")); }

  std::vector<std::string> ids() const {
    std::vector<std::string> ids;
    std::string_view rest = rows_.Text(row_, kIds).value_or("");
    while (!rest.empty()) {
      const std::size_t end = std::min(rest.find(kIdSeparator), rest.size());
      ids.emplace_back(rest.substr(0, end));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return ids;
  }

  std::optional<double> optional_number(std::size_t i) const {
    return rows_.Number(row_, kFirstNumber + i);
  }

  bool flag(std::size_t i) const { return number(i) != 0; }

  /// Returns 0 for NULL. Metrics without their columns are left out by AvailableMetrics, not here.
  double number(std::size_t i) const { return rows_.Number(row_, kFirstNumber + i).value_or(0); }

  /// Returns 0 for NULL, NaN and negative numbers.
  std::uint64_t count(std::size_t i) const {
    return static_cast<std::uint64_t>(std::max<std::int64_t>(0, integer(i)));
  }

  /// A double holds microseconds since 1970 exactly until the year 2255 (2^53).
  PgTimestamp instant(std::size_t i) const { return PgTimestamp(microseconds(i)); }

  std::chrono::microseconds microseconds(std::size_t i) const {
    return std::chrono::microseconds(integer(i));
  }

 private:
  /// Limits the number to what a double holds exactly; 0 for NaN.
  std::int64_t integer(std::size_t i) const {
    constexpr double kLargest = 9007199254740992.0;  // 2^53
    const double value = number(i);
    return std::isnan(value) ? 0
                             : static_cast<std::int64_t>(std::clamp(value, -kLargest, kLargest));
  }

  const Rows& rows_;
  const std::size_t row_;
};

void ReadSpan(const PartRow& row, GameReading& reading) {
  reading.from = row.instant(0);
  reading.raw_horizon = row.instant(1);
  reading.horizon = std::max(reading.from, reading.raw_horizon);
  reading.now = row.instant(2);
  reading.exact = row.flag(3) && reading.raw_horizon >= reading.from;
}

void ReadLive(const PartRow& row, GameReading& reading) {
  LiveGroup group{.status = row.name(),
                  .game_type = row.type(),
                  .sessions = row.number(0),
                  .seats_taken = row.number(1),
                  .seats_free = row.number(2),
                  .long_running = row.number(3),
                  .oldest_play_seconds = std::max(0.0, row.number(4)),
                  .oldest_lobby_seconds = std::max(0.0, row.number(5)),
                  .unusable = static_cast<int>(row.count(7))};
  for (std::string& id : row.ids()) {
    group.members.push_back({std::move(id), row.flag(6), group.unusable});
  }
  reading.live.push_back(std::move(group));
}

SessionRow ReadSession(const PartRow& row) {
  return {.id = row.id(),
          .status = row.name(),
          .game_type = row.type(),
          .live = row.flag(4),
          .started = row.flag(1),
          .completed = row.flag(5),
          .created = row.instant(0),
          .wait_seconds = row.optional_number(2),
          .play_seconds = row.optional_number(3)};
}

void ReadRequested(const PartRow& row, GameReading& reading) {
  reading.requested_sessions.push_back(ReadSession(row));
}

void ReadCreated(const PartRow& row, GameReading& reading) {
  reading.created.push_back(ReadSession(row));
}

void ReadCreatedOverflow(const PartRow& row, GameReading& reading) {
  reading.created_overflow[row.type()] += row.count(0);
}

void ReadConnections(const PartRow& row, GameReading& reading) {
  reading.active_connections = row.ids();
  reading.complete &= row.count(2) <= kMaxFollowedRows;
  reading.online_players = row.number(0);
  reading.stale_connections = row.number(1);
}

void ReadRequestedConnection(const PartRow& row, GameReading& reading) {
  ConnectionRow connection{.id = row.id(), .active = row.flag(0), .reason = row.name()};
  if (row.optional_number(1)) {
    connection.closed = row.instant(1);
  }
  reading.requested_connections.push_back(std::move(connection));
}

void ReadClosedConnection(const PartRow& row, GameReading& reading) {
  reading.closed_connections.push_back(
      {.id = row.id(), .reason = row.name(), .at = row.instant(0)});
}

void ReadMoving(const PartRow& row, GameReading& reading) {
  reading.moving_games = row.ids();
  reading.moving = row.number(0);
}

void ReadMoves(const PartRow& row, GameReading& reading) {
  reading.moves[row.name()] += row.count(0);
}

void ReadResponseBucket(const PartRow& row, GameReading& reading) {
  std::vector<double>& at_most = reading.responses.at_most;
  at_most.resize(std::max<std::size_t>(at_most.size(), row.count(0) + 1));
  at_most[row.count(0)] = row.number(1);
}

void ReadResponses(const PartRow& row, GameReading& reading) {
  reading.responses.count = row.number(0);
  reading.responses.sum_seconds = row.number(1);
  reading.responses.missing = row.count(2);
  reading.responses.negative = row.count(3);
  reading.responses.out_of_range = row.count(4);
}

void ReadFinished(const PartRow& row, GameReading& reading) {
  reading.finished = row.count(0);
  reading.finished_play = row.microseconds(1);
  reading.finished_out_of_range = row.count(2);
}

/// Sets `complete` to false if the limits of the statement were reached.
void CheckLimits(GameReading& reading) {
  double live = 0;
  for (const LiveGroup& group : reading.live) {
    live += group.sessions;
  }
  if (reading.closed_connections.size() > kMaxRows) {
    reading.closed_connections.resize(kMaxRows);
    reading.complete = false;
  }
  reading.complete &=
      live <= static_cast<double>(kMaxFollowedRows) && reading.created_overflow.empty();
}

struct Part {
  std::string_view name;
  void (*read)(const PartRow&, GameReading&);
};

constexpr Part kParts[] = {
    {"span", ReadSpan},
    {"live", ReadLive},
    {"requested", ReadRequested},
    {"created", ReadCreated},
    {"created_overflow", ReadCreatedOverflow},
    {"connections", ReadConnections},
    {"requested_connection", ReadRequestedConnection},
    {"closed_connection", ReadClosedConnection},
    {"moves", ReadMoves},
    {"response_bucket", ReadResponseBucket},
    {"responses", ReadResponses},
    {"finished", ReadFinished},
    {"moving", ReadMoving},
};

}  // namespace

Result<GameReading> ReadGame(const Rows& rows) {
  if (rows.columns().size() != kColumns) {
    return Fail(ErrorCode::kInternal, fmt::format("the game statement gave {} columns, not {}",
                                                  rows.columns().size(), kColumns));
  }
  GameReading reading;
  bool span_seen = false;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const PartRow row(rows, i);
    const auto part = std::find_if(std::begin(kParts), std::end(kParts),
                                   [&](const Part& known) { return known.name == row.part(); });
    if (part == std::end(kParts)) {
      return Fail(ErrorCode::kInternal,
                  fmt::format("the game statement gave an unknown part \"{}\"", row.part()));
    }
    span_seen |= part == std::begin(kParts);
    part->read(row, reading);
  }
  CheckLimits(reading);
  return span_seen ? Result<GameReading>(std::move(reading))
                   : Fail(ErrorCode::kInternal, "the game statement gave no span");
}

}  // namespace hakem::collectors
