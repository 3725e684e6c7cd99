#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "collectors/core/big_scans.h"
#include "collectors/core/collector.h"
#include "collectors/game/query/horizon.h"
#include "collectors/game/schema/schema.h"

namespace hakem::collectors {
namespace {

constexpr std::string_view kGame[] = {"game"};
constexpr std::string_view kGameWindow[] = {"game", "window"};
constexpr std::string_view kGameBand[] = {"game", "rating_band"};

constexpr std::array kFamilies = {
    FamilySpec{"game_players_active", MetricType::kGauge,
               "Players who were seen within the window.", kGameWindow},
    FamilySpec{"game_players_registered", MetricType::kGauge, "All players.", kGame},
    FamilySpec{"game_players", MetricType::kGauge,
               "Players by rating; those without one are in no band.", kGameBand},
};
constexpr const FamilySpec& kActive = kFamilies[0];
constexpr const FamilySpec& kRegistered = kFamilies[1];
constexpr const FamilySpec& kBands = kFamilies[2];

constexpr std::string_view kPlayers = "players";
constexpr std::string_view kTables[] = {kPlayers};

/// The ratings that belong to a band. NaN and infinite ratings do not.
constexpr std::string_view kIsRating = R"("rating" BETWEEN -1000000000 AND 1000000000)";

constexpr std::array<std::string_view, 3> kWindows = {"1h", "24h", "7d"};

/// The bands, indexed by the result of width_bucket.
constexpr std::array<std::string_view, 6> kBandNames = {"0-499",     "500-999",   "1000-1499",
                                                        "1500-1999", "2000-2499", "2500+"};
constexpr std::string_view kBandBounds = "ARRAY[500, 1000, 1500, 2000, 2500]::float8[]";

constexpr Duration kSchemaInterval = std::chrono::minutes(10);

/// Reading all players takes at most 1/kDuty of the time.
constexpr int kDuty = 100;
constexpr Duration kCountAgain = std::chrono::seconds(30);

/// Counts over all players.
struct AllPlayers {
  double registered = 0;
  std::array<double, kBandNames.size()> bands{};
};

/// Counts the players of one game: recently seen ones by an index in every round, and all of them
/// less often.
class PlayersScraper {
 public:
  explicit PlayersScraper(const GameOptions& options) : options_(options) {}

  /// Writes nothing if no schema has a game. Errors: those of Session::Query.
  Result<void> Collect(const CollectorContext& context, SampleSink& sink) {
    context.session.Configure(options_.round());
    const bool schema_is_due = !schema_ ||
                               schema_connection_ != context.session.facts().connection ||
                               context.clock.SteadyNow() - schema_read_at_ >= kSchemaInterval;
    if (auto schema = schema_is_due ? ReadSchema(context) : Result<void>(); !schema) {
      return schema;
    }
    const std::string& game = options_.name.empty() ? schema_->name : options_.name;
    if (active_reason_.empty() && !schema_->name.empty()) {
      if (auto active = WriteActive(context.session, game, sink); !active) {
        schema_connection_ = 0;  // Read it again: the table may have changed.
        return active;
      }
    }
    if (schema_->tables.contains(kPlayers)) {
      if (auto counted = CountAll(context); !counted) {
        schema_connection_ = 0;
        return counted;
      }
      WriteAll(game, sink);
    }
    return {};
  }

 private:
  Result<void> ReadSchema(const CollectorContext& context) {
    auto schema = context.session.Query(SchemaSql(options_)).and_then([&](const Rows& rows) {
      return ReadGameSchema(rows, options_);
    });
    if (!schema) {
      return Fail(schema.error());
    }
    if (auto checked = CheckTables(*schema, kTables); !checked) {
      return checked;
    }
    unchanged_ = UnchangedSql(*schema, kTables);
    auto reason = WhyActiveIsUnavailable(context.session, *schema);
    if (!reason) {
      return Fail(reason.error());
    }
    if (schema_ != *schema || active_reason_ != *reason) {
      schema_ = std::move(*schema);
      active_reason_ = *std::move(reason);
      LogSchema(context.log);
    }
    schema_connection_ = context.session.facts().connection;
    schema_read_at_ = context.clock.SteadyNow();
    return {};
  }

  void LogSchema(const Logger& log) const {
    if (schema_->name.empty()) {
      return;  // The collector `game` logs that.
    }
    if (!active_reason_.empty()) {
      log.Info("game metric left out", {{"metric", kActive.name}, {"reason", active_reason_}});
    }
    if (!schema_->Has(kPlayers, "rating")) {
      log.Info("game metric left out",
               {{"metric", kBands.name}, {"reason", schema_->WhyUnavailable(kPlayers, "rating")}});
    }
  }

  /// Returns why recently seen players cannot be read without reading all of them; empty if they
  /// can.
  Result<std::string> WhyActiveIsUnavailable(Session& session, const GameSchema& schema) const {
    if (schema.name.empty() || !schema.Has(kPlayers, "last_seen")) {
      return schema.WhyUnavailable(kPlayers, "last_seen");
    }
    return FindBigScans(session, "", ActiveSql(schema), "")
        .transform([&](const std::vector<BigScan>& scans) {
          const std::string table = fmt::format("{}.{}", QuoteIdentifier(schema.name),
                                                QuoteIdentifier(schema.names.TableName(kPlayers)));
          return scans.empty()
                     ? std::string()
                     : fmt::format(
                           "{} ({} MiB) would be read in full; an index is missing: CREATE "
                           "INDEX CONCURRENTLY ON {} ({})",
                           table, scans.front().bytes >> 20, table,
                           QuoteIdentifier(schema.names.ColumnName(kPlayers, "last_seen")));
        });
  }

  // The condition on `is_active` is that of the partial index that such tables usually have.
  static std::string ActiveSql(const GameSchema& schema) {
    return fmt::format(
        R"(SELECT count(*) FILTER (WHERE "last_seen" >= now() - interval '1 hour') AS "1h",
       count(*) FILTER (WHERE "last_seen" >= now() - interval '24 hours') AS "24h",
       count(*) AS "7d"
FROM {}
WHERE "last_seen" >= now() - interval '7 days'{})",
        schema.Source(kPlayers), schema.Has(kPlayers, "is_active") ? R"( AND "is_active")" : "");
  }

  static std::string AllSql(const GameSchema& schema) {
    const bool rated = schema.Has(kPlayers, "rating");
    return fmt::format(
        "SELECT {} AS band, count(*) AS players\nFROM {}\nGROUP BY 1",
        rated ? fmt::format(R"(CASE WHEN {} THEN width_bucket("rating"::float8, {}) END)",
                            kIsRating, kBandBounds)
              : "NULL",
        schema.Source(kPlayers));
  }

  Result<void> WriteActive(Session& session, std::string_view game, SampleSink& sink) const {
    const auto rows = session.Query(FailIfChangedSql(unchanged_) + ActiveSql(*schema_));
    if (!rows) {
      return Fail(rows.error());
    }
    for (std::size_t i = 0; i < kWindows.size() && !rows->empty(); ++i) {
      sink.Write(kActive, {game, kWindows[i]}, rows->Number(0, i).value_or(0));
    }
    return {};
  }

  /// Counts all players if that is due. After a timeout their metrics are absent until the next
  /// try.
  Result<void> CountAll(const CollectorContext& context) {
    const SteadyTime begin = context.clock.SteadyNow();
    if (begin < count_again_at_) {
      return {};
    }
    const auto rows = context.session.Query(FailIfChangedSql(unchanged_) + AllSql(*schema_));
    count_again_at_ = begin + std::max<SteadyTime::duration>(
                                  kCountAgain, kDuty * (context.clock.SteadyNow() - begin));
    if (!rows) {
      all_.reset();
      return rows.error().code == ErrorCode::kTimeout ? Result<void>() : Fail(rows.error());
    }
    all_.emplace();
    for (std::size_t row = 0; row < rows->size(); ++row) {
      const double players = rows->Number(row, 1).value_or(0);
      const auto band = rows->Number(row, 0);
      all_->registered += players;
      if (band && *band >= 0 && *band < static_cast<double>(kBandNames.size())) {
        all_->bands[static_cast<std::size_t>(*band)] += players;
      }
    }
    return {};
  }

  void WriteAll(std::string_view game, SampleSink& sink) const {
    if (!all_) {
      return;
    }
    sink.Write(kRegistered, {game}, all_->registered);
    for (std::size_t i = 0; i < kBandNames.size() && schema_->Has(kPlayers, "rating"); ++i) {
      sink.Write(kBands, {game, kBandNames[i]}, all_->bands[i]);
    }
  }

  const GameOptions options_;
  std::uint64_t schema_connection_ = 0;
  SteadyTime schema_read_at_{};
  std::optional<GameSchema> schema_;  ///< Nothing before it was first read.
  std::string unchanged_ = "true";    ///< The condition that the tables are the same: UnchangedSql.
  std::string active_reason_;  ///< Why recently seen players are not counted; empty if they are.
  SteadyTime count_again_at_{};
  std::optional<AllPlayers> all_;  ///< The last count; nothing before one or after a timeout.
};

class GamePlayersCollector final : public Collector {
 public:
  explicit GamePlayersCollector(const std::vector<GameOptions>& games)
      : games_(games.begin(), games.end()) {}

  Result<void> Collect(const CollectorContext& context, SampleSink& sink) override {
    for (PlayersScraper& game : games_) {
      if (auto collected = game.Collect(context, sink); !collected) {
        return collected;
      }
    }
    return {};
  }

 private:
  std::vector<PlayersScraper> games_;
};

}  // namespace

extern const CollectorSpec game_players;
constinit const CollectorSpec game_players{
    .name = "game_players",
    .help = "Who plays the game: seen lately, registered, by rating.",
    .enabled_by_default = true,
    .lane = Lane::kSlow,
    .families = kFamilies,
    .make = [](const CollectorOptions& options) -> std::unique_ptr<Collector> {
      return std::make_unique<GamePlayersCollector>(options.games);
    }};

}  // namespace hakem::collectors
