#include "collectors/game/watch.h"

#include <fmt/format.h>

#include "collectors/game/churn.h"
#include "collectors/game/gate.h"
#include "collectors/game/reading.h"
#include "collectors/game/samples.h"
#include "collectors/game/seed.h"
#include "collectors/game/statements.h"

namespace hakem::collectors {
namespace {

/// A migration is noticed within this time, and sooner where something is missing.
constexpr Duration kLookAgain = std::chrono::minutes(10);
constexpr Duration kLookAgainForMissing = std::chrono::minutes(1);

/// After a longer gap the rows in between are too many for one short statement: counting starts
/// anew.
constexpr Duration kLongestGap = std::chrono::minutes(15);

/// What fills one window when counting starts, if its metric is on offer.
struct WindowSeed {
  GameMetric metric;
  SeedSource source;
  WindowShape shape;
  IntervalWindow GameWindows::*window;
};

constexpr WindowSeed kSeeds[] = {
    {GameMetric::kMovesPerMinute,
     {"game_moves", "timestamp", ""},
     kMovesWindow,
     &GameWindows::moves},
    {GameMetric::kGamesPerHour,
     {"game_sessions", "created_at", ""},
     kCreatedWindow,
     &GameWindows::created},
    {GameMetric::kAverageDuration,
     {"game_history", "completed_at", "started_at"},
     kFinishedWindow,
     &GameWindows::finished},
};

Result<std::vector<Interval>> ReadSeed(Session& session, const GameSchema& schema,
                                       const WindowSeed& seed, PgTimestamp bound) {
  return session.Query(SeedSql(schema, seed.source, seed.shape, bound))
      .and_then([&](const Rows& rows) { return SeedIntervals(rows, seed.shape, bound); });
}

}  // namespace

GameWatch::GameWatch(GameOptions options, int number)
    : options_(std::move(options)),
      bound_(fmt::format("hakem_bound_{}", number)),
      game_(fmt::format("hakem_game_{}", number)),
      state_(options_.bounds) {}

Result<void> GameWatch::Collect(const CollectorContext& context, SampleSink& sink) {
  if (LookIsDue(context)) {
    if (auto looked = Look(context); !looked) {
      return looked;
    }
  }
  if (schema_->name.empty()) {
    return {};
  }
  auto read = Prepare(context.session)
                  .and_then([&] { return StartIsDue(context) ? Start(context) : Result<void>(); })
                  .and_then([&] { return seeded_ ? Result<void>() : SeedWindows(context); })
                  .and_then([&] { return Read(context); })
                  .and_then([&] { return SettleLateRows(context); });
  if (!read) {
    looked_on_ = 0;  // A table may have changed under the statement.
    return read;
  }
  WriteGame(state_, *schema_, *offer_, options_.name.empty() ? schema_->name : options_.name, sink);
  return {};
}

bool GameWatch::LookIsDue(const CollectorContext& context) const {
  const bool complete = offer_ && offer_->omissions().empty();
  return !schema_ || looked_on_ != context.session.facts().connection ||
         context.clock.SteadyNow() - looked_at_ >= (complete ? kLookAgain : kLookAgainForMissing);
}

Result<void> GameWatch::Look(const CollectorContext& context) {
  const auto rows = context.session.Query(SchemaSql(options_));
  if (!rows) {
    return Fail(rows.error());
  }
  auto schema = ReadGameSchema(*rows, options_);
  if (!schema) {
    return Fail(schema.error());
  }
  if (auto gated = SuspendScannedTables(context.session, options_, *schema); !gated) {
    return gated;
  }
  if (connection_ != context.session.facts().connection) {
    connection_ = context.session.facts().connection;
    state_.DoubtLatest();
  }
  looked_on_ = context.session.facts().connection;
  looked_at_ = context.clock.SteadyNow();
  if (schema_ != *schema) {
    schema_ = std::move(*schema);
    offer_.emplace(*schema_);
    state_.Learn(*schema_);
    seeded_ = false;
    Tell(context);
  }
  return {};
}

void GameWatch::Tell(const CollectorContext& context) const {
  if (schema_->name.empty()) {
    context.log.Info(
        "no game is watched: there is no table of sessions",
        {{"schema", options_.schema}, {"table", options_.names.TableName("game_sessions")}});
    return;
  }
  context.log.Info("game found", {{"schema", schema_->name}});
  for (const GameOmission& omission : offer_->omissions()) {
    context.log.Info("game metric left out",
                     {{"metric", FamilyOf(omission.metric).name}, {"reason", omission.reason}});
  }
  WarnOfChurn(context, *schema_);
}

Result<void> GameWatch::Prepare(Session& session) {
  const ServerFacts& facts = session.facts();
  const bool sees_transactions = facts.is_monitor && !facts.in_recovery;
  return bound_
      .Ensure(session, kBoundParameterTypes, BoundSql(sees_transactions, options_.holdback_cap))
      .and_then([&] {
        return game_.Ensure(session, GameParameterTypes(*schema_),
                            GameSql({*schema_, *offer_, options_, state_.move_types()}));
      });
}

bool GameWatch::StartIsDue(const CollectorContext& context) const {
  return !state_.watermark() || context.clock.SteadyNow() - read_at_ > kLongestGap;
}

/// Counts from the present bound on.
Result<void> GameWatch::Start(const CollectorContext& context) {
  const auto rows =
      context.session.Query(bound_.Execute(BoundArguments(PgTimestamp::min(), PgTimestamp::max())) +
                            "; SELECT current_setting('hakem.bound')::bigint");
  if (!rows) {
    return Fail(rows.error());
  }
  const auto bound = rows->empty() ? std::nullopt : rows->Number(0, 0);
  if (!bound) {
    return Fail(ErrorCode::kInternal, "the bound of the game's counters is not a number");
  }
  if (state_.watermark()) {
    context.log.Warn("game counting starts anew: the gap is too long to read",
                     {{"gap_seconds", ToSeconds(context.clock.SteadyNow() - read_at_)}});
  }
  state_.StartAt(PgTimestamp(std::chrono::microseconds(static_cast<std::int64_t>(*bound))));
  read_at_ = context.clock.SteadyNow();
  seeded_ = false;
  return {};
}

/// A window that cannot be filled (no index, and so no time) stays empty until it has filled
/// itself.
Result<void> GameWatch::SeedWindows(const CollectorContext& context) {
  for (const WindowSeed& seed : kSeeds) {
    IntervalWindow& window = state_.windows().*seed.window;
    window.Clear();
    if (!offer_->Has(seed.metric)) {
      continue;
    }
    const auto slices = ReadSeed(context.session, *schema_, seed, *state_.watermark());
    if (!slices && slices.error().code == ErrorCode::kUnavailable) {
      return Fail(slices.error());
    }
    if (!slices) {
      context.log.Warn("game window starts empty", {{"metric", FamilyOf(seed.metric).name},
                                                    {"code", slices.error().code},
                                                    {"error", slices.error().message}});
      continue;
    }
    for (const Interval& slice : *slices) {
      window.Add(slice);
    }
  }
  seeded_ = true;
  return {};
}

Result<void> GameWatch::Read(const CollectorContext& context) {
  const std::string arguments = GameArguments(
      *schema_, *state_.watermark(), state_.wanted_sessions(), state_.wanted_connections());
  const auto rows = context.session.Query(fmt::format(
      "{}; {}", bound_.Execute(BoundArguments(*state_.watermark(), *state_.started_at())),
      game_.Execute(arguments)));
  if (!rows) {
    return Fail(rows.error());
  }
  auto reading = ReadGame(*rows);
  if (!reading) {
    return Fail(reading.error());
  }
  if (reading->from != state_.watermark()) {
    return Fail(ErrorCode::kInternal, "the game statement told of another span than asked");
  }
  state_.Apply(std::move(*reading));
  read_at_ = context.clock.SteadyNow();
  return {};
}

/// A reading that fails for good is given up: the next collections must not wait for it.
Result<void> GameWatch::SettleLateRows(const CollectorContext& context) {
  const auto span = state_.settlement().Due();
  if (!span) {
    return {};
  }
  const auto reading =
      context.session
          .Query(fmt::format("{}; {}", FixedBoundSql(span->to),
                             game_.Execute(GameArguments(*schema_, span->from, {}, {}))))
          .and_then(ReadGame);
  if (!reading && reading.error().code == ErrorCode::kUnavailable) {
    return Fail(reading.error());
  }
  if (!reading) {
    context.log.Warn("late rows of the game stay uncounted",
                     {{"seconds", ToSeconds(span->to - span->from)},
                      {"code", reading.error().code},
                      {"error", reading.error().message}});
    state_.GiveUpSettlement();
    return {};
  }
  const Happened late = state_.Settle(*reading);
  if (Sum(late.moves) + Sum(late.created) > 0) {
    context.log.Info("late rows of the game were counted",
                     {{"moves", Sum(late.moves)}, {"sessions", Sum(late.created)}});
  }
  return {};
}

}  // namespace hakem::collectors
