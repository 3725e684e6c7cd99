#include "collectors/game/counting/game_state.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "model/check.h"

namespace hakem::collectors {
namespace {

// Of game_skipped_rows_total.
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

/// What a live session can be left out of, by the bit that says so.
struct TroubleReason {
  int bit;
  std::string_view reason;
};

constexpr TroubleReason kTroubleReasons[] = {{kTroubleTime, "age_out_of_range"},
                                             {kTroubleSeats, "players_out_of_range"},
                                             {kTroubleId, "id_unusable"}};

/// What may differ between two servers of a cluster.
constexpr Duration kOverlap = std::chrono::seconds(30);

constexpr std::string_view kUnknown = "unknown";

std::uint64_t& At(Tally& tally, std::string_view name) {
  return tally.try_emplace(std::string(name), 0).first->second;
}

/// Observes a time, or counts why it cannot be.
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
  for (const TroubleReason& trouble : kTroubleReasons) {
    At(counters_.skipped, trouble.reason) = 0;
  }
}

void GameState::Learn(const GameSchema& schema) {
  for (const std::string& status : schema.statuses.ended) {
    outcomes_.Admit(status);
  }
  const GameColumn* game_type = schema.Find("game_sessions", "game_type");
  for (const std::string& type :
       game_type != nullptr ? game_type->values : std::vector<std::string>{""}) {
    LearnGameType(type);
  }
  if (const GameColumn* move_type = schema.Find("game_moves", "move_type")) {
    for (const std::string& type : move_type->values) {
      At(counters_.moves, move_types_.Admit(type));
    }
  }
}

/// Every counter of a game type exists from when the type is known.
void GameState::LearnGameType(std::string_view type) {
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
  CountTrouble(reading);
  CountSessions(reading);
  CountConnections(reading);
  CountMoves(reading.moves, reading.responses);
  FillWindows(reading);
  reconciliation_.Take(reading);
  watermark_ = reading.bound;
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

void GameState::DoubtLatest() {
  if (watermark_) {
    reconciliation_.Doubt(*watermark_ - kOverlap);
  }
}

Happened GameState::Reconcile(const GameReading& again) {
  Happened late = reconciliation_.Reconcile(again);
  CountMoves(late.moves, late.responses);
  for (const auto& [type, count] : late.created) {
    LearnGameType(type);
    At(counters_.created, game_types_.NameOf(type)) += count;
  }
  return late;
}

void GameState::CountSessions(const GameReading& reading) {
  SessionTracker::Look look{.scanned = reading.scanned,
                            .live = {},
                            .asked = reading.asked_sessions,
                            .created = reading.created,
                            .bound = reading.bound};
  for (const LiveGroup& group : reading.live) {
    LearnGameType(group.game_type);
    look.live.insert(look.live.end(), group.members.begin(), group.members.end());
  }
  for (const SessionRow& session : reading.created) {
    LearnGameType(session.game_type);
    ++At(counters_.created, game_types_.NameOf(session.game_type));
  }
  for (const auto& [type, count] : reading.more_created) {
    LearnGameType(type);
    At(counters_.created, game_types_.NameOf(type)) += count;
  }
  const SessionTracker::News news = sessions_.See(look);
  for (const SessionRow& session : news.started) {
    CountStart(session);
  }
  for (const SessionRow& session : news.ended) {
    CountEnd(session);
  }
}

void GameState::CountStart(const SessionRow& session) {
  LearnGameType(session.game_type);
  const std::string type(game_types_.NameOf(session.game_type));
  ++At(counters_.started, type);
  if (session.wait_seconds) {
    Observe(*session.wait_seconds, counters_.wait.find(type)->second,
            At(counters_.skipped, kNegativeWait), At(counters_.skipped, kWaitOutOfRange));
  }
}

void GameState::CountEnd(const SessionRow& session) {
  LearnGameType(session.game_type);
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
  const ConnectionTracker::News news = connections_.See({.scanned = reading.scanned,
                                                         .active = reading.active_connections,
                                                         .asked = reading.asked_connections,
                                                         .ended = reading.closed_connections,
                                                         .bound = reading.bound});
  counters_.connections_opened += news.opened;
  for (const std::string& reason : news.closed) {
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

/// Counts each live session once for what it is left out of. Where its id cannot be known, what is
/// more than at the last scan.
void GameState::CountTrouble(const GameReading& reading) {
  CountUnusableHistory(reading.finished_out_of_range);
  if (!reading.scanned) {
    return;
  }
  std::unordered_map<std::string, int> known;
  std::map<int, double> unknown;
  for (const LiveGroup& group : reading.live) {
    if (group.trouble == 0) {
      continue;
    }
    for (const LiveSession& session : group.members) {
      known.emplace(session.id, session.trouble);
    }
    for (const TroubleReason& trouble : kTroubleReasons) {
      if ((group.trouble & trouble.bit) != 0) {
        unknown[trouble.bit] += group.sessions - static_cast<double>(group.members.size());
      }
    }
  }
  for (const TroubleReason& trouble : kTroubleReasons) {
    std::uint64_t& skipped = At(counters_.skipped, trouble.reason);
    skipped += static_cast<std::uint64_t>(
        std::max(0.0, unknown[trouble.bit] - unknown_trouble_[trouble.bit]));
    for (const auto& [id, bits] : known) {
      const auto before = trouble_.find(id);
      const int counted = before == trouble_.end() ? 0 : before->second;
      skipped += (bits & ~counted & trouble.bit) != 0 ? 1U : 0U;
    }
  }
  trouble_ = std::move(known);
  unknown_trouble_ = std::move(unknown);
}

void GameState::FillWindows(const GameReading& reading) {
  const auto happened = [&](std::uint64_t count, std::chrono::microseconds total = {}) {
    return Interval{reading.from, reading.bound, static_cast<std::int64_t>(count), total};
  };
  windows_.moves.Add(happened(Sum(reading.moves)));
  windows_.created.Add(happened(reading.created.size() + Sum(reading.more_created)));
  windows_.finished.Add(happened(reading.finished, reading.finished_play));
}

}  // namespace hakem::collectors
