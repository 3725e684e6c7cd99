#include "collectors/game/counting/game_state.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "model/check.h"

namespace hakem::collectors {
namespace {

// The reasons of game_skipped_rows_total.
constexpr std::string_view kNoResponse = "response_time_missing";
constexpr std::string_view kNegativeResponse = "response_time_negative";
constexpr std::string_view kNoDuration = "duration_missing";
constexpr std::string_view kNegativeDuration = "duration_negative";
constexpr std::string_view kNegativeWait = "wait_negative";
constexpr std::string_view kResponseOutOfRange = "response_time_out_of_range";
constexpr std::string_view kDurationOutOfRange = "duration_out_of_range";
constexpr std::string_view kWaitOutOfRange = "wait_out_of_range";
constexpr std::string_view kAverageOutOfRange = "average_duration_out_of_range";
constexpr std::string_view kSkipReasons[] = {
    kNoResponse,         kNegativeResponse,   kNoDuration,     kNegativeDuration, kNegativeWait,
    kResponseOutOfRange, kDurationOutOfRange, kWaitOutOfRange, kAverageOutOfRange};

/// The reason of game_skipped_rows_total for a kUnusable… bit.
struct UnusableReason {
  int bit;
  std::string_view reason;
};

constexpr UnusableReason kUnusableReasons[] = {{kUnusableTime, "age_out_of_range"},
                                               {kUnusableSeats, "players_out_of_range"},
                                               {kUnusableId, "id_unusable"}};

/// How far the clocks and rows of two servers of a cluster may differ.
constexpr Duration kOverlap = std::chrono::seconds(30);

constexpr std::string_view kUnknown = "unknown";

std::uint64_t& At(Tally& tally, std::string_view name) {
  return tally.try_emplace(std::string(name), 0).first->second;
}

/// Observes a duration, or counts why it is not usable.
void Observe(double seconds, Histogram& histogram, std::uint64_t& negative,
             std::uint64_t& out_of_range) {
  if (!std::isfinite(seconds)) {
    ++out_of_range;
  } else if (seconds < 0) {
    ++negative;
  } else {
    histogram.Observe(seconds);
  }
}

}  // namespace

GameState::GameState(const GameHistogramBounds& bounds)
    : bounds_(bounds), counters_{.move_response = Histogram(bounds.move_response)} {
  for (const std::string_view reason : kSkipReasons) {
    At(counters_.skipped, reason) = 0;
  }
  for (const UnusableReason& unusable : kUnusableReasons) {
    At(counters_.skipped, unusable.reason) = 0;
  }
}

void GameState::InitializeSeries(const GameSchema& schema) {
  for (const std::string& status : schema.statuses.ended) {
    outcomes_.Admit(status);
  }
  const GameColumn* game_type = schema.Find("game_sessions", "game_type");
  for (const std::string& type :
       game_type != nullptr ? game_type->values : std::vector<std::string>{""}) {
    AddGameType(type);
  }
  if (const GameColumn* move_type = schema.Find("game_moves", "move_type")) {
    for (const std::string& type : move_type->values) {
      At(counters_.moves, move_types_.Admit(type));
    }
  }
}

/// Admits a game type and creates all of its series.
void GameState::AddGameType(std::string_view type) {
  const std::string name(game_types_.Admit(type));
  At(counters_.created, name);
  At(counters_.started, name);
  counters_.duration.try_emplace(name, bounds_.duration);
  counters_.wait.try_emplace(name, bounds_.matchmaking_wait);
  for (const std::string& outcome : outcomes_.known()) {
    counters_.finished.try_emplace({name, outcome}, 0);
  }
}

void GameState::StartAt(PgTimestamp from) {
  started_at_ = from;
  watermark_ = from;
  reconciliation_.GiveUp();
  windows_.moves.Clear();
  windows_.created.Clear();
  windows_.finished.Clear();
}

void GameState::Apply(GameReading reading) {
  HAKEM_CHECK(watermark_ == reading.from);
  CountUnusableValues(reading);
  CountSessions(reading);
  CountConnections(reading);
  CountMoves(reading.moves, reading.responses);
  FillWindows(reading);
  reconciliation_.AddReading(reading);
  watermark_ = reading.horizon;
  KeepLast(std::move(reading));
}

void GameState::KeepLast(GameReading reading) {
  if (reading.scanned) {
    scanned_at_ = reading.now;
  } else {
    reading.live = std::move(last_.live);
    reading.online_players = last_.online_players;
    reading.stale_connections = last_.stale_connections;
  }
  last_ = std::move(reading);
}

void GameState::MarkRecentSuspect() {
  if (watermark_) {
    reconciliation_.MarkSuspect(*watermark_ - kOverlap);
  }
}

SpanCounts GameState::Reconcile(const GameReading& again) {
  SpanCounts late = reconciliation_.Reconcile(again);
  CountMoves(late.moves, late.responses);
  for (const auto& [type, count] : late.created) {
    AddGameType(type);
    At(counters_.created, game_types_.NameOf(type)) += count;
  }
  return late;
}

void GameState::CountSessions(const GameReading& reading) {
  SessionTracker::Poll poll{.scanned = reading.scanned,
                            .live = {},
                            .requested = reading.requested_sessions,
                            .created = reading.created,
                            .horizon = reading.horizon};
  for (const LiveGroup& group : reading.live) {
    AddGameType(group.game_type);
    poll.live.insert(poll.live.end(), group.members.begin(), group.members.end());
  }
  for (const SessionRow& session : reading.created) {
    AddGameType(session.game_type);
    ++At(counters_.created, game_types_.NameOf(session.game_type));
  }
  for (const auto& [type, count] : reading.created_overflow) {
    AddGameType(type);
    At(counters_.created, game_types_.NameOf(type)) += count;
  }
  const SessionTracker::Changes changes = sessions_.Observe(poll);
  for (const SessionRow& session : changes.started) {
    CountStart(session);
  }
  for (const SessionRow& session : changes.ended) {
    CountEnd(session);
  }
}

void GameState::CountStart(const SessionRow& session) {
  AddGameType(session.game_type);
  const std::string type(game_types_.NameOf(session.game_type));
  ++At(counters_.started, type);
  if (session.wait_seconds) {
    Observe(*session.wait_seconds, counters_.wait.find(type)->second,
            At(counters_.skipped, kNegativeWait), At(counters_.skipped, kWaitOutOfRange));
  }
}

void GameState::CountEnd(const SessionRow& session) {
  AddGameType(session.game_type);
  const std::string type(game_types_.NameOf(session.game_type));
  ++counters_.finished[{type, std::string(outcomes_.Admit(session.status))}];
  if (session.play_seconds) {
    Observe(*session.play_seconds, counters_.duration.find(type)->second,
            At(counters_.skipped, kNegativeDuration), At(counters_.skipped, kDurationOutOfRange));
  } else if (session.completed) {
    ++At(counters_.skipped, kNoDuration);
  }
}

void GameState::CountConnections(const GameReading& reading) {
  const ConnectionTracker::Changes changes =
      connections_.Observe({.scanned = reading.scanned,
                            .active = reading.active_connections,
                            .requested = reading.requested_connections,
                            .closed = reading.closed_connections,
                            .horizon = reading.horizon});
  counters_.connections_opened += changes.opened;
  for (const std::string& reason : changes.closed) {
    ++At(counters_.disconnections, reasons_.Admit(reason.empty() ? kUnknown : reason));
  }
}

void GameState::CountMoves(const Tally& moves, const ResponseTimes& responses) {
  for (const auto& [type, count] : moves) {
    At(counters_.moves, move_types_.Admit(type)) += count;
  }
  if (responses.at_most.size() == bounds_.move_response.size()) {
    counters_.move_response.Add(responses.at_most, responses.count, responses.sum_seconds);
  }
  At(counters_.skipped, kNoResponse) += responses.missing;
  At(counters_.skipped, kNegativeResponse) += responses.negative;
  At(counters_.skipped, kResponseOutOfRange) += responses.out_of_range;
}

void GameState::CountUnusableHistory(std::uint64_t rows) {
  At(counters_.skipped, kAverageOutOfRange) += rows;
}

/// Counts each live session once for each unusable value. Sessions without a usable id cannot be
/// recognized, so for them only the increase since the last scan is counted.
void GameState::CountUnusableValues(const GameReading& reading) {
  CountUnusableHistory(reading.finished_out_of_range);
  if (!reading.scanned) {
    return;
  }
  std::unordered_map<std::string, int> known;
  std::map<int, double> unknown;
  for (const LiveGroup& group : reading.live) {
    if (group.unusable == 0) {
      continue;
    }
    for (const LiveSession& session : group.members) {
      known.emplace(session.id, session.unusable);
    }
    for (const UnusableReason& unusable : kUnusableReasons) {
      if ((group.unusable & unusable.bit) != 0) {
        unknown[unusable.bit] += group.sessions - static_cast<double>(group.members.size());
      }
    }
  }
  for (const UnusableReason& unusable : kUnusableReasons) {
    std::uint64_t& skipped = At(counters_.skipped, unusable.reason);
    skipped += static_cast<std::uint64_t>(
        std::max(0.0, unknown[unusable.bit] - unidentified_unusable_[unusable.bit]));
    for (const auto& [id, bits] : known) {
      const auto before = counted_unusable_.find(id);
      const int counted = before == counted_unusable_.end() ? 0 : before->second;
      skipped += (bits & ~counted & unusable.bit) != 0 ? 1U : 0U;
    }
  }
  counted_unusable_ = std::move(known);
  unidentified_unusable_ = std::move(unknown);
}

void GameState::FillWindows(const GameReading& reading) {
  const auto interval = [&](std::uint64_t count, std::chrono::microseconds total = {}) {
    return Interval{reading.from, reading.horizon, static_cast<std::int64_t>(count), total};
  };
  windows_.moves.Add(interval(Sum(reading.moves)));
  windows_.created.Add(interval(reading.created.size() + Sum(reading.created_overflow)));
  windows_.finished.Add(interval(reading.finished, reading.finished_play));
}

}  // namespace hakem::collectors
