#include "collectors/game/scraper.h"

#include <fmt/format.h>

#include <utility>

#include "collectors/game/metrics.h"
#include "collectors/game/query/horizon.h"
#include "collectors/game/query/reading.h"
#include "collectors/game/query/seed.h"
#include "collectors/game/query/statements.h"
#include "collectors/game/query/table_suspension.h"
#include "collectors/game/schema/churn.h"

namespace hakem::collectors {
namespace {

/// How often the schema is read again: a migration is noticed within this time, and sooner if some
/// metric is not available.
constexpr Duration kSchemaInterval = std::chrono::minutes(10);
constexpr Duration kSchemaIntervalIfIncomplete = std::chrono::minutes(1);

/// After a longer gap the rows in between are too many for one short statement. They stay
/// uncounted.
constexpr Duration kLongestGap = std::chrono::minutes(15);

/// After a longer pause between collections another Hakem may have continued the checkpoint.
constexpr Duration kLongPause = std::chrono::seconds(30);

/// How long live rows are not scanned after a scan timed out.
constexpr Duration kScanRetry = std::chrono::minutes(1);

/// The tables that this collector reads, by Hokm's names.
constexpr std::string_view kTables[] = {"game_sessions", "game_moves", "websocket_connections",
                                        "game_history"};

/// Identifies the database cluster; a cluster that was initialized anew has another identifier.
constexpr std::string_view kServerSql = "SELECT system_identifier FROM pg_control_system()";

}  // namespace

GameScraper::GameScraper(GameOptions options, int number, GameStore* store)
    : options_(std::move(options)),
      horizon_(fmt::format("hakem_horizon_{}", number)),
      game_(fmt::format("hakem_game_{}", number)),
      rows_only_(fmt::format("hakem_rows_{}", number)),
      checkpoint_(store) {}

Result<void> GameScraper::Collect(const CollectorContext& context, SampleSink& sink) {
  context.session.Configure(options_.round());
  if (SchemaIsDue(context)) {
    if (auto schema = ReadSchema(context); !schema) {
      return schema;
    }
  }
  if (schema_->name.empty()) {
    return {};
  }
  auto read = (StartIsDue(context) ? Start(context) : Result<void>())
                  .and_then([&] { return windows_filled_ ? Result<void>() : FillWindows(context); })
                  .and_then([&] { return ReadNewRows(context); })
                  .and_then([&] { return ReconcileLateRows(context); });
  if (!read) {
    schema_connection_ = 0;  // Read it again: a table may have changed.
    return read;
  }
  checkpoint_.Save(*state_, context.log);
  WriteGameMetrics(*state_, *schema_, *available_, Name(), sink);
  return {};
}

std::string GameScraper::Name() const {
  return options_.name.empty() ? schema_->name : options_.name;
}

bool GameScraper::SchemaIsDue(const CollectorContext& context) const {
  const bool complete = available_ && available_->omissions().empty();
  return !schema_ || schema_connection_ != context.session.facts().connection ||
         context.clock.SteadyNow() - schema_read_at_ >=
             (complete ? kSchemaInterval : kSchemaIntervalIfIncomplete);
}

Result<void> GameScraper::ReadSchema(const CollectorContext& context) {
  const auto rows = context.session.Query(SchemaSql(options_));
  if (!rows) {
    return Fail(rows.error());
  }
  auto schema = ReadGameSchema(*rows, options_);
  if (!schema) {
    return Fail(schema.error());
  }
  if (auto checked = CheckTables(*schema, kTables); !checked) {
    return checked;
  }
  if (auto suspended = SuspendScannedTables(context.session, options_, *schema); !suspended) {
    return suspended;
  }
  schema_connection_ = context.session.facts().connection;
  schema_read_at_ = context.clock.SteadyNow();
  unchanged_ = UnchangedSql(*schema, kTables);
  if (schema_ != *schema) {
    schema_ = std::move(*schema);
    available_.emplace(*schema_);
    if (state_) {
      state_->InitializeSeries(*schema_);
    }
    windows_filled_ = false;
    LogSchema(context);
  }
  return {};
}

void GameScraper::LogSchema(const CollectorContext& context) const {
  if (schema_->name.empty()) {
    context.log.Info(
        "no game is collected: there is no table of sessions",
        {{"schema", options_.schema}, {"table", options_.names.TableName("game_sessions")}});
    return;
  }
  context.log.Info("game found", {{"schema", schema_->name}});
  for (const GameOmission& omission : available_->omissions()) {
    context.log.Info("game metric left out",
                     {{"metric", FamilyOf(omission.metric).name}, {"reason", omission.reason}});
  }
  WarnOfChurn(context, *schema_);
}

bool GameScraper::StartIsDue(const CollectorContext& context) const {
  return !state_ || counting_connection_ != context.session.facts().connection ||
         context.clock.SteadyNow() - read_at_ > kLongPause;
}

/// Finds out which game of which server this is. Continues counting where it ended, or starts at
/// the current horizon.
Result<void> GameScraper::Start(const CollectorContext& context) {
  const auto server = context.session.Query(kServerSql);
  if (!server) {
    return Fail(server.error());
  }
  auto prepared = horizon_.Ensure(context.session, kHorizonParameterTypes,
                                  HorizonSql(options_.holdback_cap, unchanged_));
  if (!prepared) {
    return prepared;
  }
  const auto rows = context.session.Query(
      horizon_.Execute(HorizonArguments(PgTimestamp::min(), PgTimestamp::max())) +
      "; SELECT current_setting('hakem.horizon')::bigint");
  if (!rows) {
    return Fail(rows.error());
  }
  const auto horizon = rows->empty() ? std::nullopt : rows->Number(0, 0);
  if (!horizon || server->empty()) {
    return Fail(ErrorCode::kInternal, "the horizon of the game's counters is not a number");
  }
  const PgTimestamp upper{std::chrono::microseconds(static_cast<std::int64_t>(*horizon))};
  Restore(fmt::format("{}/{}/{}/{}/{}/{}", server->Text(0, 0).value_or(""),
                      context.session.facts().database, schema_->name,
                      schema_->names.TableName("game_sessions"),
                      schema_->names.TableName("game_moves"), Name()),
          upper, context);
  ContinueCounting(upper, context);
  counting_connection_ = context.session.facts().connection;
  read_at_ = context.clock.SteadyNow();
  return {};
}

/// Makes state_ that of the game `key`. Restores the checkpoint if it is newer than the state in
/// memory and the time since then is short enough to be read.
void GameScraper::Restore(std::string key, PgTimestamp horizon, const CollectorContext& context) {
  if (key_ != key) {
    state_.reset();
    key_ = key;
  }
  const GameRecords records = checkpoint_.Open(std::move(key), context.log);
  if (records.empty()) {
    return;
  }
  GameState saved(options_.bounds);
  if (const auto read = saved.Read(records); !read) {
    context.log.Warn("the saved counters of the game are unusable: counting starts at 0",
                     {{"error", read.error().message}});
  } else if (horizon - *saved.watermark() > kLongestGap) {
    context.log.Warn("the saved counters of the game are too old: counting starts at 0",
                     {{"gap_seconds", ToSeconds(horizon - *saved.watermark())}});
  } else if (!state_ || state_->watermark() < saved.watermark()) {
    context.log.Info("the saved counters of the game were restored",
                     {{"gap_seconds", ToSeconds(horizon - *saved.watermark())}});
    state_.emplace(std::move(saved));
    windows_filled_ = false;
    is_fresh_start_ = false;
  }
}

/// Continues from the watermark, or starts at `horizon` if there is none or it is too long ago.
void GameScraper::ContinueCounting(PgTimestamp horizon, const CollectorContext& context) {
  if (!state_) {
    state_.emplace(options_.bounds).StartAt(horizon);
    windows_filled_ = false;
    is_fresh_start_ = true;
  } else if (horizon - *state_->watermark() > kLongestGap) {
    context.log.Warn("game counting continues after a gap that is too long to read",
                     {{"gap_seconds", ToSeconds(horizon - *state_->watermark())}});
    state_->StartAt(horizon);
    windows_filled_ = false;
  } else {
    state_->MarkRecentSuspect();  // Another server may have taken over.
  }
  state_->InitializeSeries(*schema_);
}

/// Fills the windows with the past up to the watermark.
Result<void> GameScraper::FillWindows(const CollectorContext& context) {
  const auto unusable = SeedWindows(context, *schema_, *available_, unchanged_,
                                    *state_->watermark(), state_->windows());
  windows_filled_ = unusable.has_value();
  if (!unusable) {
    return Fail(unusable.error());
  }
  if (std::exchange(is_fresh_start_, false)) {
    state_->CountUnusableHistory(*unusable);
  }
  return {};
}

Result<void> GameScraper::ReadNewRows(const CollectorContext& context) {
  auto reading = ReadWithOrWithoutScan(context);
  if (!reading) {
    return Fail(reading.error());
  }
  if (reading->from != state_->watermark()) {
    return Fail(ErrorCode::kInternal,
                "the game statement returned another time range than requested");
  }
  const PgTimestamp raw_horizon = reading->raw_horizon;
  state_->Apply(std::move(*reading));
  read_at_ = context.clock.SteadyNow();
  if (*state_->watermark() - raw_horizon > kLongestGap) {
    context.log.Warn("game counting continues at an earlier time: the server's clock went back",
                     {{"seconds", ToSeconds(*state_->watermark() - raw_horizon)}});
    state_->StartAt(raw_horizon);
    windows_filled_ = false;
  }
  return {};
}

/// Reads everything, or everything but the live rows while their scan times out. That happens if
/// somebody holds a snapshot, so that dead rows pile up.
Result<GameReading> GameScraper::ReadWithOrWithoutScan(const CollectorContext& context) {
  const SteadyTime now = context.clock.SteadyNow();
  const bool was_skipped = scan_again_at_ != SteadyTime{};
  if (now < scan_again_at_) {
    return ReadSpan(context.session, false);
  }
  auto reading = ReadSpan(context.session, true);
  if (!reading && reading.error().code == ErrorCode::kTimeout) {
    scan_again_at_ = now + kScanRetry;
    if (!was_skipped) {
      context.log.Warn(
          "live games cannot be scanned in time: active games are counted by their moves",
          {{"error", reading.error().message}});
    }
    return ReadSpan(context.session, false);
  }
  if (reading && was_skipped) {
    scan_again_at_ = {};
    context.log.Info("live games are scanned again");
  }
  return reading;
}

Result<GameReading> GameScraper::ReadSpan(Session& session, bool scan) {
  PreparedStatement& statement = scan ? game_ : rows_only_;
  auto prepared =
      horizon_
          .Ensure(session, kHorizonParameterTypes, HorizonSql(options_.holdback_cap, unchanged_))
          .and_then([&] {
            return statement.Ensure(
                session, GameParameterTypes(*schema_),
                GameSql({*schema_, *available_, options_, state_->move_types(), scan}));
          });
  if (!prepared) {
    return Fail(prepared.error());
  }
  const auto horizon = HorizonArguments(*state_->watermark(), *state_->started_at());
  const auto arguments =
      scan ? GameArguments(*schema_, *state_->watermark(), state_->wanted_sessions(),
                           state_->wanted_connections())
           : GameArguments(*schema_, *state_->watermark(), {}, {});
  return session
      .Query(fmt::format("{}; {}", horizon_.Execute(horizon), statement.Execute(arguments)))
      .and_then(ReadGame)
      .transform([&](GameReading reading) {
        reading.scanned = scan;
        return reading;
      });
}

/// Reads a suspect time range again. If that fails for another reason than the connection it is
/// given up, so that the next collections do not wait for it.
Result<void> GameScraper::ReconcileLateRows(const CollectorContext& context) {
  const auto span = state_->reconciliation().Due();
  if (!span) {
    return {};
  }
  const auto reading =
      rows_only_
          .Ensure(context.session, GameParameterTypes(*schema_),
                  GameSql({*schema_, *available_, options_, state_->move_types(), false}))
          .and_then([&] {
            return context.session.Query(
                fmt::format("{}; {}", FixedHorizonSql(span->to, unchanged_),
                            rows_only_.Execute(GameArguments(*schema_, span->from, {}, {}))));
          })
          .and_then(ReadGame);
  if (!reading && reading.error().code == ErrorCode::kUnavailable) {
    return Fail(reading.error());
  }
  if (!reading) {
    context.log.Warn("rows of the game that were committed late stay uncounted",
                     {{"seconds", ToSeconds(span->to - span->from)},
                      {"code", reading.error().code},
                      {"error", reading.error().message}});
    state_->GiveUpReconciliation();
    return {};
  }
  const SpanCounts late = state_->Reconcile(*reading);
  if (Sum(late.moves) + Sum(late.created) > 0) {
    context.log.Info("rows of the game that were committed late were counted",
                     {{"moves", Sum(late.moves)}, {"sessions", Sum(late.created)}});
  }
  return {};
}

}  // namespace hakem::collectors
