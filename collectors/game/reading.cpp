#include "collectors/game/reading.h"

#include <fmt/format.h>

#include <algorithm>

namespace hakem::collectors {
namespace {

constexpr std::size_t kName = 1;
constexpr std::size_t kType = 2;
constexpr std::size_t kFirstNumber = 3;

/// One row of the game statement: which part it belongs to, two texts and up to six numbers.
class PartRow {
 public:
  PartRow(const Rows& rows, std::size_t row) : rows_(rows), row_(row) {}

  std::string_view part() const { return rows_.Text(row_, 0).value_or(""); }

  std::string name() const { return std::string(rows_.Text(row_, kName).value_or("")); }

  std::string type() const { return std::string(rows_.Text(row_, kType).value_or("")); }

  /// 0 for NULL: what is missing is left out by the offer, not here.
  double number(std::size_t i) const { return rows_.Number(row_, kFirstNumber + i).value_or(0); }

  std::uint64_t count(std::size_t i) const { return static_cast<std::uint64_t>(number(i)); }

  /// Microseconds since 1970 stay below 2^53 until the year 2255: a double holds them exactly.
  PgTimestamp instant(std::size_t i) const {
    return PgTimestamp(std::chrono::microseconds(static_cast<std::int64_t>(number(i))));
  }

 private:
  const Rows& rows_;
  const std::size_t row_;
};

void ReadSpan(const PartRow& row, GameReading& reading) {
  reading.from = row.instant(0);
  reading.bound = std::max(reading.from, row.instant(1));
  reading.now = row.instant(2);
  reading.exact = row.number(3) != 0;
}

void ReadLive(const PartRow& row, GameReading& reading) {
  reading.live.push_back({.status = row.name(),
                          .game_type = row.type(),
                          .sessions = row.number(0),
                          .seats_taken = row.number(1),
                          .seats_free = row.number(2),
                          .long_running = row.number(3),
                          .oldest_play_seconds = std::max(0.0, row.number(4)),
                          .oldest_lobby_seconds = std::max(0.0, row.number(5))});
}

void ReadSockets(const PartRow& row, GameReading& reading) {
  reading.online_players = row.number(0);
  reading.stale_connections = row.number(1);
}

void ReadCreated(const PartRow& row, GameReading& reading) {
  reading.created[row.type()] += row.count(0);
}

void ReadMoves(const PartRow& row, GameReading& reading) {
  reading.moves[row.name()] += row.count(0);
}

void ReadFinished(const PartRow& row, GameReading& reading) {
  reading.finished = row.count(0);
  reading.finished_play = std::chrono::microseconds(static_cast<std::int64_t>(row.number(1)));
}

struct Part {
  std::string_view name;
  void (*read)(const PartRow&, GameReading&);
};

constexpr Part kParts[] = {{"span", ReadSpan},       {"live", ReadLive},
                           {"sockets", ReadSockets}, {"created", ReadCreated},
                           {"moves", ReadMoves},     {"finished", ReadFinished}};

}  // namespace

Result<GameReading> ReadGame(const Rows& rows) {
  if (rows.columns().size() != kFirstNumber + 6) {
    return Fail(ErrorCode::kInternal, fmt::format("the game statement gave {} columns, not {}",
                                                  rows.columns().size(), kFirstNumber + 6));
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
  return span_seen ? Result<GameReading>(std::move(reading))
                   : Fail(ErrorCode::kInternal, "the game statement gave no span");
}

}  // namespace hakem::collectors
