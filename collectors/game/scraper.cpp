#include "collectors/game/scraper.h"

#include <fmt/format.h>

#include <utility>

#include "collectors/game/metrics.h"
#include "collectors/game/query/gate.h"
#include "collectors/game/query/horizon.h"
#include "collectors/game/query/reading.h"
#include "collectors/game/query/seed.h"
#include "collectors/game/query/statements.h"
#include "collectors/game/schema/churn.h"

namespace hakem::collectors {
namespace {

/// A migration is noticed within this time, and sooner where something is missing.
constexpr Duration kLookAgain = std::chrono::minutes(10);
constexpr Duration kLookAgainForMissing = std::chrono::minutes(1);

/// After a longer gap the rows in between are too many for one short statement: counting starts
/// anew.
constexpr Duration kLongestGap = std::chrono::minutes(15);

/// After such a pause another Hakem's collector may have counted on.
constexpr Duration kPause = std::chrono::seconds(30);

/// After a scan that took too long it is tried again so much later.
constexpr Duration kScanAgain = std::chrono::minutes(1);

/// Whose rows this collector reads.
constexpr std::string_view kTables[] = {"game_sessions", "game_moves", "websocket_connections",
                                        "game_history"};

/// Tells a cluster from others, and from a copy of its data that was made anew.
constexpr std::string_view kServerSql = "SELECT system_identifier FROM pg_control_system()";

}  // namespace

GameScraper::GameScraper(GameOptions options, int number, GameStore* store)
    : options_(std::move(options)),
      bound_(fmt::format("hakem_bound_{}", number)),
      game_(fmt::format("hakem_game_{}", number)),
      past_(fmt::format("hakem_past_{}", number)),
      checkpoint_(store) {}

Result<void> GameScraper::Collect(const CollectorContext& context, SampleSink& sink) {
  context.session.Configure(options_.round());
  if (LookIsDue(context)) {
    if (auto looked = Look(context); !looked) {
      return looked;
    }
  }
  if (schema_->name.empty()) {
    return {};
  }
  auto read = (BeginningIsDue(context) ? Begin(context) : Result<void>())
                  .and_then([&] { return seeded_ ? Result<void>() : Seed(context); })
                  .and_then([&] { return Read(context); })
                  .and_then([&] { return ReconcileLateRows(context); });
  if (!read) {
    looked_on_ = 0;  // A table may have changed under the statement.
    return read;
  }
  checkpoint_.Save(*state_, context.log);
  WriteGame(*state_, *schema_, *offer_, Name(), sink);
  return {};
}

std::string GameScraper::Name() const {
  return options_.name.empty() ? schema_->name : options_.name;
}

bool GameScraper::LookIsDue(const CollectorContext& context) const {
  const bool complete = offer_ && offer_->omissions().empty();
  return !schema_ || looked_on_ != context.session.facts().connection ||
         context.clock.SteadyNow() - looked_at_ >= (complete ? kLookAgain : kLookAgainForMissing);
}

Result<void> GameScraper::Look(const CollectorContext& context) {
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
  if (auto gated = SuspendScannedTables(context.session, options_, *schema); !gated) {
    return gated;
  }
  looked_on_ = context.session.facts().connection;
  looked_at_ = context.clock.SteadyNow();
  unchanged_ = UnchangedSql(*schema, kTables);
  if (schema_ != *schema) {
    schema_ = std::move(*schema);
    offer_.emplace(*schema_);
    if (state_) {
      state_->Learn(*schema_);
    }
    seeded_ = false;
    Tell(context);
  }
  return {};
}

void GameScraper::Tell(const CollectorContext& context) const {
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

bool GameScraper::BeginningIsDue(const CollectorContext& context) const {
  return !state_ || begun_on_ != context.session.facts().connection ||
         context.clock.SteadyNow() - read_at_ > kPause;
}

/// Finds out which game of which server this is, goes on where it was counted up to last, and else
/// counts from the present bound on.
Result<void> GameScraper::Begin(const CollectorContext& context) {
  const auto server = context.session.Query(kServerSql);
  if (!server) {
    return Fail(server.error());
  }
  auto prepared = bound_.Ensure(context.session, kHorizonParameterTypes,
                                HorizonSql(options_.holdback_cap, unchanged_));
  if (!prepared) {
    return prepared;
  }
  const auto rows = context.session.Query(
      bound_.Execute(HorizonArguments(PgTimestamp::min(), PgTimestamp::max())) +
      "; SELECT current_setting('hakem.bound')::bigint");
  if (!rows) {
    return Fail(rows.error());
  }
  const auto bound = rows->empty() ? std::nullopt : rows->Number(0, 0);
  if (!bound || server->empty()) {
    return Fail(ErrorCode::kInternal, "the bound of the game's counters is not a number");
  }
  const PgTimestamp upper{std::chrono::microseconds(static_cast<std::int64_t>(*bound))};
  TakeOver(fmt::format("{}/{}/{}/{}/{}/{}", server->Text(0, 0).value_or(""),
                       context.session.facts().database, schema_->name,
                       schema_->names.TableName("game_sessions"),
                       schema_->names.TableName("game_moves"), Name()),
           upper, context);
  CountOn(upper, context);
  begun_on_ = context.session.facts().connection;
  read_at_ = context.clock.SteadyNow();
  return {};
}

/// Makes state_ that of the game `key`: the one at hand, or what is kept where that is newer and
/// what happened since can still be read.
void GameScraper::TakeOver(std::string key, PgTimestamp bound, const CollectorContext& context) {
  if (key_ != key) {
    state_.reset();
    key_ = key;
  }
  const GameRecords records = checkpoint_.Open(std::move(key), context.log);
  if (records.empty()) {
    return;
  }
  GameState kept(options_.bounds);
  if (const auto read = kept.Read(records); !read) {
    context.log.Warn("the kept counters of the game are passed over: counting starts at 0",
                     {{"error", read.error().message}});
  } else if (bound - *kept.watermark() > kLongestGap) {
    context.log.Warn("the kept counters of the game are too old: counting starts at 0",
                     {{"gap_seconds", ToSeconds(bound - *kept.watermark())}});
  } else if (!state_ || state_->watermark() < kept.watermark()) {
    context.log.Info("the counters of the game go on",
                     {{"gap_seconds", ToSeconds(bound - *kept.watermark())}});
    state_.emplace(std::move(kept));
    seeded_ = false;
    begins_anew_ = false;
  }
}

/// Counts on from the watermark, or from `bound` where there is none or where it lies too far back.
void GameScraper::CountOn(PgTimestamp bound, const CollectorContext& context) {
  if (!state_) {
    state_.emplace(options_.bounds).StartAt(bound);
    seeded_ = false;
    begins_anew_ = true;
  } else if (bound - *state_->watermark() > kLongestGap) {
    context.log.Warn("game counting goes on behind a gap that is too long to read",
                     {{"gap_seconds", ToSeconds(bound - *state_->watermark())}});
    state_->StartAt(bound);
    seeded_ = false;
  } else {
    state_->DoubtLatest();  // Another server may have taken over.
  }
  state_->Learn(*schema_);
}

/// Fills the windows with the past of the watermark.
Result<void> GameScraper::Seed(const CollectorContext& context) {
  const auto unusable =
      SeedWindows(context, *schema_, *offer_, unchanged_, *state_->watermark(), state_->windows());
  seeded_ = unusable.has_value();
  if (!unusable) {
    return Fail(unusable.error());
  }
  if (std::exchange(begins_anew_, false)) {
    state_->CountUnusableHistory(*unusable);
  }
  return {};
}

Result<void> GameScraper::Read(const CollectorContext& context) {
  auto reading = ReadWhatCanBeRead(context);
  if (!reading) {
    return Fail(reading.error());
  }
  if (reading->from != state_->watermark()) {
    return Fail(ErrorCode::kInternal, "the game statement told of another span than asked");
  }
  const PgTimestamp reached = reading->reached;
  state_->Apply(std::move(*reading));
  read_at_ = context.clock.SteadyNow();
  if (*state_->watermark() - reached > kLongestGap) {
    context.log.Warn("game counting goes on from an earlier time: the server's clock went back",
                     {{"seconds", ToSeconds(*state_->watermark() - reached)}});
    state_->StartAt(reached);
    seeded_ = false;
  }
  return {};
}

/// While a scan of what is live takes too long (somebody holds a snapshot, and dead rows pile up)
/// everything else is still read.
Result<GameReading> GameScraper::ReadWhatCanBeRead(const CollectorContext& context) {
  const SteadyTime now = context.clock.SteadyNow();
  const bool skipped = scan_again_at_ != SteadyTime{};
  if (now < scan_again_at_) {
    return ReadSpan(context.session, false);
  }
  auto reading = ReadSpan(context.session, true);
  if (!reading && reading.error().code == ErrorCode::kTimeout) {
    scan_again_at_ = now + kScanAgain;
    if (!skipped) {
      context.log.Warn(
          "live games cannot be scanned in time: active games are counted by their moves",
          {{"error", reading.error().message}});
    }
    return ReadSpan(context.session, false);
  }
  if (reading && skipped) {
    scan_again_at_ = {};
    context.log.Info("live games are scanned again");
  }
  return reading;
}

Result<GameReading> GameScraper::ReadSpan(Session& session, bool scan) {
  PreparedStatement& statement = scan ? game_ : past_;
  auto prepared =
      bound_.Ensure(session, kHorizonParameterTypes, HorizonSql(options_.holdback_cap, unchanged_))
          .and_then([&] {
            return statement.Ensure(
                session, GameParameterTypes(*schema_),
                GameSql({*schema_, *offer_, options_, state_->move_types(), scan}));
          });
  if (!prepared) {
    return Fail(prepared.error());
  }
  const auto bound = HorizonArguments(*state_->watermark(), *state_->started_at());
  const auto arguments =
      scan ? GameArguments(*schema_, *state_->watermark(), state_->wanted_sessions(),
                           state_->wanted_connections())
           : GameArguments(*schema_, *state_->watermark(), {}, {});
  return session.Query(fmt::format("{}; {}", bound_.Execute(bound), statement.Execute(arguments)))
      .and_then(ReadGame)
      .transform([&](GameReading reading) {
        reading.scanned = scan;
        return reading;
      });
}

/// A reading that fails for good is given up: the next collections must not wait for it.
Result<void> GameScraper::ReconcileLateRows(const CollectorContext& context) {
  const auto span = state_->reconciliation().Due();
  if (!span) {
    return {};
  }
  const auto reading =
      past_
          .Ensure(context.session, GameParameterTypes(*schema_),
                  GameSql({*schema_, *offer_, options_, state_->move_types(), false}))
          .and_then([&] {
            return context.session.Query(
                fmt::format("{}; {}", FixedHorizonSql(span->to, unchanged_),
                            past_.Execute(GameArguments(*schema_, span->from, {}, {}))));
          })
          .and_then(ReadGame);
  if (!reading && reading.error().code == ErrorCode::kUnavailable) {
    return Fail(reading.error());
  }
  if (!reading) {
    context.log.Warn("late rows of the game stay uncounted",
                     {{"seconds", ToSeconds(span->to - span->from)},
                      {"code", reading.error().code},
                      {"error", reading.error().message}});
    state_->GiveUpReconciliation();
    return {};
  }
  const Happened late = state_->Reconcile(*reading);
  if (Sum(late.moves) + Sum(late.created) > 0) {
    context.log.Info("late rows of the game were counted",
                     {{"moves", Sum(late.moves)}, {"sessions", Sum(late.created)}});
  }
  return {};
}

}  // namespace hakem::collectors
