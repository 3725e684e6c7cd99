#include "collectors/game/metrics.h"

#include <algorithm>
#include <map>
#include <set>
#include <span>
#include <utility>
#include <vector>

namespace hakem::collectors {
namespace {

bool Contains(const std::vector<std::string>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

/// Sums and maxima over all live groups.
struct LiveTotals {
  double sessions = 0;
  double playing = 0;
  double taken = 0;
  double free = 0;
  double long_running = 0;
  double oldest_play_seconds = 0;
  double oldest_lobby_seconds = 0;
};

LiveTotals Total(const std::vector<LiveGroup>& live, const StatusWords& words) {
  LiveTotals total;
  for (const LiveGroup& group : live) {
    total.sessions += group.sessions;
    total.taken += group.seats_taken;
    total.free += group.seats_free;
    total.long_running += group.long_running;
    if (Contains(words.playing, group.status)) {
      total.playing += group.sessions;
    }
    if (Contains(words.in_play, group.status)) {
      total.oldest_play_seconds = std::max(total.oldest_play_seconds, group.oldest_play_seconds);
    }
    if (Contains(words.waiting, group.status)) {
      total.oldest_lobby_seconds = std::max(total.oldest_lobby_seconds, group.oldest_lobby_seconds);
    }
  }
  return total;
}

/// Writes one game's samples; metrics that are not available are left out.
class Writer {
 public:
  Writer(const GameState& state, const GameSchema& schema, const AvailableMetrics& available,
         std::string_view game, SampleSink& sink)
      : state_(state), schema_(schema), available_(available), game_(game), sink_(sink) {}

  void Active() {
    const GameReading& last = state_.last();
    const LiveTotals total = Total(last.live, schema_.statuses);
    if (!last.scanned && last.moving_games) {
      const double playing = last.moving;
      Single(GameMetric::kActiveGames, playing + IdleAtTheLastScan());
      Single(GameMetric::kSessionsPlaying, playing);
    } else if (ScanIsFresh()) {
      Single(GameMetric::kActiveGames, total.sessions);
      Single(GameMetric::kSessionsPlaying, total.playing);
    }
    if (state_.scanned_at()) {
      Single(GameMetric::kScanAge, ToSeconds(ScanAge()));
    }
  }

  void Live() {
    if (!ScanIsFresh()) {
      return;
    }
    const LiveTotals total = Total(state_.last().live, schema_.statuses);
    Single(GameMetric::kLongRunning, total.long_running);
    Single(GameMetric::kOldestActiveAge, total.oldest_play_seconds);
    Single(GameMetric::kOldestWaitingAge, total.oldest_lobby_seconds);
    Write(GameMetric::kSeats, {game_, "taken"}, total.taken);
    Write(GameMetric::kSeats, {game_, "free"}, total.free);
    if (total.taken + total.free > 0) {
      Single(GameMetric::kRoomOccupancy, total.taken / (total.taken + total.free));
    }
    Single(GameMetric::kOnlinePlayers, state_.last().online_players);
    Single(GameMetric::kStaleConnections, state_.last().stale_connections);
  }

  void Statuses() {
    if (!ScanIsFresh()) {
      return;
    }
    std::map<std::pair<std::string_view, std::string_view>, double> sessions;
    for (const std::string& status : schema_.statuses.live) {
      for (const std::string& type : state_.game_types().known()) {
        sessions[{status, type}] = 0;
      }
    }
    for (const LiveGroup& group : state_.last().live) {
      sessions[{group.status, state_.game_types().NameOf(group.game_type)}] += group.sessions;
    }
    for (const auto& [key, count] : sessions) {
      Write(GameMetric::kSessions, {game_, key.first, key.second}, count);
    }
  }

  void Windows() {
    if (const auto run = state_.windows().moves.Covered()) {
      Windowed(GameMetric::kMovesPerMinute, *run, Rate(*run, std::chrono::minutes(1)));
    }
    if (const auto run = state_.windows().created.Covered()) {
      Windowed(GameMetric::kGamesPerHour, *run, Rate(*run, std::chrono::hours(1)));
    }
    if (const auto run = state_.windows().finished.Covered(); run && run->count > 0) {
      Windowed(GameMetric::kAverageDuration, *run,
               ToSeconds(run->total) / static_cast<double>(run->count));
    }
  }

  void Sessions() {
    const GameCounters& counters = state_.counters();
    WriteTally(GameMetric::kSessionsCreated, counters.created);
    WriteTally(GameMetric::kSessionsStarted, counters.started);
    for (const auto& [ending, count] : counters.finished) {
      Write(GameMetric::kSessionsFinished, {game_, ending.game_type, ending.outcome},
            static_cast<double>(count));
    }
    for (const auto& [type, histogram] : counters.duration) {
      Write(GameMetric::kDuration, {game_, type}, histogram);
    }
    for (const auto& [type, histogram] : counters.wait) {
      Write(GameMetric::kMatchmakingWait, {game_, type}, histogram);
    }
  }

  void MovesAndConnections() {
    const GameCounters& counters = state_.counters();
    WriteTally(GameMetric::kMoves, counters.moves);
    Write(GameMetric::kMoveResponse, {game_}, counters.move_response);
    Single(GameMetric::kConnectionsOpened, static_cast<double>(counters.connections_opened));
    WriteTally(GameMetric::kDisconnections, counters.disconnections);
    WriteTally(GameMetric::kSkippedRows, counters.skipped);
  }

  void Exactness() {
    Single(GameMetric::kHoldback, ToSeconds(state_.last().now - state_.last().horizon));
    Single(GameMetric::kExact, state_.last().exact && state_.last().complete ? 1 : 0);
  }

 private:
  /// Writes a value without further labels.
  void Single(GameMetric metric, double value) { Write(metric, {game_}, value); }

  /// Writes a value of a window, and when the window begins and ends.
  void Windowed(GameMetric metric, const Interval& run, double value) {
    if (available_.Has(metric)) {
      Single(metric, value);
      const std::string_view name = FamilyOf(metric).name;
      Write(GameMetric::kWindowFrom, {game_, name}, ToSeconds(run.from.time_since_epoch()));
      Write(GameMetric::kWindowTo, {game_, name}, ToSeconds(run.to.time_since_epoch()));
    }
  }

  /// Live sessions that were not being played in the last scan and had no move in the last minute.
  double IdleAtTheLastScan() const {
    const GameReading& last = state_.last();
    const std::set<std::string_view> moving(last.moving_games->begin(), last.moving_games->end());
    double idle = 0;
    for (const LiveGroup& group : last.live) {
      if (Contains(schema_.statuses.playing, group.status)) {
        continue;
      }
      idle += group.sessions;
      idle -= static_cast<double>(
          std::count_if(group.members.begin(), group.members.end(),
                        [&](const LiveSession& session) { return moving.contains(session.id); }));
    }
    return idle;
  }

  std::chrono::microseconds ScanAge() const { return state_.last().now - *state_.scanned_at(); }

  /// Live values are written for 15 s after a scan, as long as those of a failed collection are.
  bool ScanIsFresh() const { return state_.scanned_at() && ScanAge() <= std::chrono::seconds(15); }

  void WriteTally(GameMetric metric, const Tally& tally) {
    for (const auto& [name, count] : tally) {
      Write(metric, {game_, name}, static_cast<double>(count));
    }
  }

  void Write(GameMetric metric, std::initializer_list<std::string_view> labels, double value) {
    if (available_.Has(metric)) {
      sink_.Write(FamilyOf(metric), labels, value);
    }
  }

  void Write(GameMetric metric, std::initializer_list<std::string_view> labels,
             const Histogram& histogram) {
    if (available_.Has(metric)) {
      sink_.WriteHistogram(FamilyOf(metric), std::span(labels.begin(), labels.size()),
                           histogram.value());
    }
  }

  const GameState& state_;
  const GameSchema& schema_;
  const AvailableMetrics& available_;
  const std::string_view game_;
  SampleSink& sink_;
};

}  // namespace

void WriteGameMetrics(const GameState& state, const GameSchema& schema,
                      const AvailableMetrics& available, std::string_view game, SampleSink& sink) {
  Writer writer(state, schema, available, game, sink);
  writer.Active();
  writer.Live();
  writer.Statuses();
  writer.Windows();
  writer.Sessions();
  writer.MovesAndConnections();
  writer.Exactness();
}

}  // namespace hakem::collectors
