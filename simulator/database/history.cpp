#include "simulator/database/history.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <string_view>
#include <utility>

#include "simulator/database/game_writer.h"
#include "simulator/database/option_range.h"
#include "simulator/database/statements.h"
#include "simulator/world/event.h"

namespace hakem::simulator {
namespace {

/// The number of matches that games are copied from.
constexpr int kMatches = 64;

constexpr int kGamesInBatch = 500;

constexpr double kShortestPace = 2;  ///< Seconds per move in the quickest game.
constexpr double kLongestPace = 6;
constexpr double kShortestLobby = 2;
constexpr double kLongestLobby = 60;
constexpr double kSecondsInDay = 86'400;

/// The largest share of its match that an abandoned game has.
constexpr double kLongestTorso = 0.5;

constexpr std::string_view kMatchTables = R"(
CREATE TEMP TABLE past_move (match, sequence, move_type, seat, round, trick, move_data, hakem, trump,
                             score1, score2) ON COMMIT DROP AS
SELECT m, s, t, p, r, k, d::jsonb, h, u, x, y
FROM (VALUES {}) v (m, s, t, p, r, k, d, h, u, x, y);
CREATE TEMP TABLE past_match (match, moves, tricks) ON COMMIT DROP AS VALUES {};
CREATE TEMP TABLE past_player ON COMMIT DROP AS
SELECT id, row_number() OVER (ORDER BY username) - 1 AS number
FROM (SELECT id, username FROM hokm_game.players WHERE username ~ '^player-[0-9]+$'
      ORDER BY username LIMIT {}) p;
)";

constexpr std::string_view kGameTable = R"(
CREATE TEMP TABLE past_game (number, match, moves, pace, lobby, game_type, rounds_to_win, created_at)
ON COMMIT DROP AS
SELECT n, m, c, p, l, t, {}, timestamptz '{}' - make_interval(secs => b)
FROM (VALUES {}) v (n, m, c, p, l, t, b);
)";

std::string MoveRow(std::size_t match, const Move& move, Seat hakem) {
  return fmt::format("({},{},'{}',{},{},{},'{}',{},{},{},{})", match, move.sequence,
                     ToString(move.type), move.seat, move.round, move.trick, MoveData(move), hakem,
                     move.trump ? fmt::format("'{}'", ToString(*move.trump)) : "NULL::text",
                     move.score.at(0), move.score.at(1));
}

}  // namespace

History::History(const HistoryOptions& options, Timestamp end)
    : options_(options), end_(end), random_(options.seed) {
  std::vector<std::string> move_rows;
  std::vector<std::string> match_rows;
  for (std::size_t i = 0; i < kMatches; ++i) {
    Table table(options.rounds_to_win, random_.Fork());
    Seat hakem = 0;
    while (!table.over()) {
      const Move move = table.Next();
      hakem = move.type == MoveType::kRoundStart ? move.seat : hakem;
      move_rows.push_back(MoveRow(i, move, hakem));
    }
    match_moves_.push_back(static_cast<std::size_t>(table.sequence()));
    match_rows.push_back(fmt::format("({},{},ARRAY[{},{},{},{}])", i, table.sequence(),
                                     table.tricks_taken(0), table.tricks_taken(1),
                                     table.tricks_taken(2), table.tricks_taken(3)));
  }
  const double mean_moves = static_cast<double>(move_rows.size()) / kMatches *
                            (1 - options.abandon_ratio * (1 - kLongestTorso / 2));
  const double games = static_cast<double>(options.moves) / mean_moves;
  const std::size_t longest = *std::max_element(match_moves_.begin(), match_moves_.end());
  longest_seconds_ = kLongestLobby + static_cast<double>(longest + 1) * kLongestPace;
  const double at_once =
      games * longest_seconds_ / (options.days * kSecondsInDay - longest_seconds_);
  players_ = static_cast<int>(kSeats) * (static_cast<int>(at_once) + 10);
  match_tables_ =
      fmt::format(kMatchTables, fmt::join(move_rows, ","), fmt::join(match_rows, ","), players_);
}

std::optional<History::Batch> History::Next() {
  const std::int64_t moves_before = moves_returned_;
  std::vector<std::string> rows;
  while (rows.size() < kGamesInBatch && moves_returned_ < options_.moves) {
    rows.push_back(GameRow());
  }
  if (rows.empty()) {
    return std::nullopt;
  }
  const std::string game_table =
      fmt::format(kGameTable, options_.rounds_to_win, FormatRfc3339(end_), fmt::join(rows, ","));
  return Batch{.sql = match_tables_ + game_table + std::string(kPastGamesSql),
               .games = static_cast<std::int64_t>(rows.size()),
               .moves = moves_returned_ - moves_before};
}

std::string History::GameRow() {
  const auto within = [this](double lowest, double highest) {
    return lowest + (highest - lowest) * random_.Unit();
  };
  const std::size_t match = random_.Below(match_moves_.size());
  std::size_t moves = match_moves_.at(match);
  if (random_.Chance(options_.abandon_ratio)) {
    moves = static_cast<std::size_t>(static_cast<double>(moves) * within(0, kLongestTorso)) + 1;
  }
  const double to_come =
      1 - static_cast<double>(moves_returned_) / static_cast<double>(options_.moves);
  const double seconds_ago =
      longest_seconds_ + to_come * (options_.days * kSecondsInDay - longest_seconds_);
  moves_returned_ += static_cast<std::int64_t>(moves);
  return fmt::format("({},{},{},{:.3f},{:.3f},'{}',{:.3f})", games_returned_++, match, moves,
                     within(kShortestPace, kLongestPace), within(kShortestLobby, kLongestLobby),
                     ToString(DrawGameType(random_)), seconds_ago);
}

Result<void> ValidateHistory(const HistoryOptions& options) {
  return InRange("--history", options.days, 1, 3'650)
      .and_then([&] { return InRange<std::int64_t>("--moves", options.moves, 1, 1'000'000'000); })
      .and_then([&] { return InRange("--rounds-to-win", options.rounds_to_win, 1, 99); })
      .and_then([&] { return InRange("--abandon-ratio", options.abandon_ratio, 0.0, 1.0); });
}

Result<HistoryReport> LoadHistory(const HistoryOptions& options, const Clock& clock,
                                  const Logger& log, const std::stop_token& stop) {
  if (const auto valid = ValidateHistory(options); !valid) {
    return Fail(valid.error());
  }
  const SteadyTime began = clock.SteadyNow();
  History history(options, clock.Now());
  const auto roster =
      PrepareDatabase(options.dsn, history.players(),
                      options.create_schema ? MissingSchema::kCreate : MissingSchema::kRefuse);
  if (!roster) {
    return Fail(roster.error());
  }
  HistoryReport report;
  while (!stop.stop_requested()) {
    const auto batch = history.Next();
    if (!batch) {
      break;
    }
    if (const auto written = RunScript(options.dsn, batch->sql); !written) {
      return Fail(written.error());
    }
    report.games += batch->games;
    report.moves += batch->moves;
    log.Info("history written", {{"moves", report.moves}, {"of", options.moves}});
  }
  report.elapsed = std::chrono::duration_cast<Duration>(clock.SteadyNow() - began);
  return report;
}

}  // namespace hakem::simulator
