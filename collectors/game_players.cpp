#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "collectors/core/collector.h"
#include "collectors/core/scan_gate.h"
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
    FamilySpec{"game_players_registered", MetricType::kGauge, "All players there are.", kGame},
    FamilySpec{"game_players", MetricType::kGauge,
               "Players by rating; those without one are in no band.", kGameBand},
};
constexpr const FamilySpec& kActive = kFamilies[0];
constexpr const FamilySpec& kRegistered = kFamilies[1];
constexpr const FamilySpec& kBands = kFamilies[2];

constexpr std::string_view kPlayers = "players";
constexpr std::string_view kTables[] = {kPlayers};

/// Ratings that are put into a band; what is no number is in none.
constexpr std::string_view kIsRating = R"("rating" BETWEEN -1000000000 AND 1000000000)";

constexpr std::array<std::string_view, 3> kWindows = {"1h", "24h", "7d"};

/// By the number that width_bucket gives.
constexpr std::array<std::string_view, 6> kBandNames = {"0-499",     "500-999",   "1000-1499",
                                                        "1500-1999", "2000-2499", "2500+"};
constexpr std::string_view kBandBounds = "ARRAY[500, 1000, 1500, 2000, 2500]::float8[]";

constexpr Duration kLookAgain = std::chrono::minutes(10);

/// Reading every player takes at most one part of so many of the time.
constexpr int kDuty = 100;
constexpr Duration kCountAgain = std::chrono::seconds(30);

/// What is counted over all players.
struct AllPlayers {
  double registered = 0;
  std::array<double, kBandNames.size()> bands{};
};

/// The players of one game: who was seen lately, by an index, and all of them, seldom.
class PlayersWatch {
 public:
  explicit PlayersWatch(const GameOptions& options) : options_(options) {}

  /// Writes nothing where no schema has a game. Errors: the session's.
  Result<void> Collect(const CollectorContext& context, SampleSink& sink) {
    context.session.Configure(options_.round());
    const bool look_is_due = !schema_ || looked_on_ != context.session.facts().connection ||
                             context.clock.SteadyNow() - looked_at_ >= kLookAgain;
    if (auto looked = look_is_due ? Look(context) : Result<void>(); !looked) {
      return looked;
    }
    const std::string& game = options_.name.empty() ? schema_->name : options_.name;
    if (active_reason_.empty() && !schema_->name.empty()) {
      if (auto active = WriteActive(context.session, game, sink); !active) {
        looked_on_ = 0;  // The table may have changed.
        return active;
      }
    }
    if (schema_->tables.contains(kPlayers)) {
      if (auto counted = CountAll(context); !counted) {
        looked_on_ = 0;
        return counted;
      }
      WriteAll(game, sink);
    }
    return {};
  }

 private:
  Result<void> Look(const CollectorContext& context) {
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
    auto reason = WhyNotActive(context.session, *schema);
    if (!reason) {
      return Fail(reason.error());
    }
    if (schema_ != *schema || active_reason_ != *reason) {
      schema_ = std::move(*schema);
      active_reason_ = *std::move(reason);
      Tell(context.log);
    }
    looked_on_ = context.session.facts().connection;
    looked_at_ = context.clock.SteadyNow();
    return {};
  }

  void Tell(const Logger& log) const {
    if (schema_->name.empty()) {
      return;  // The collector `game` says so.
    }
    if (!active_reason_.empty()) {
      log.Info("game metric left out", {{"metric", kActive.name}, {"reason", active_reason_}});
    }
    if (!schema_->Has(kPlayers, "rating")) {
      log.Info("game metric left out",
               {{"metric", kBands.name}, {"reason", schema_->WhyNot(kPlayers, "rating")}});
    }
  }

  /// Empty when those who were seen lately can be read without reading everyone.
  Result<std::string> WhyNotActive(Session& session, const GameSchema& schema) const {
    if (schema.name.empty() || !schema.Has(kPlayers, "last_seen")) {
      return schema.WhyNot(kPlayers, "last_seen");
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

  // With the condition of the index that such tables have: accounts in use.
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
    const auto rows = session.Query(UnlessChangedSql(unchanged_) + ActiveSql(*schema_));
    if (!rows) {
      return Fail(rows.error());
    }
    for (std::size_t i = 0; i < kWindows.size() && !rows->empty(); ++i) {
      sink.Write(kActive, {game, kWindows[i]}, rows->Number(0, i).value_or(0));
    }
    return {};
  }

  /// Reads all players where that is due. One that takes too long is passed over and tried again
  /// later.
  Result<void> CountAll(const CollectorContext& context) {
    const SteadyTime begin = context.clock.SteadyNow();
    if (begin < count_again_at_) {
      return {};
    }
    const auto rows = context.session.Query(UnlessChangedSql(unchanged_) + AllSql(*schema_));
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
  std::uint64_t looked_on_ = 0;
  SteadyTime looked_at_{};
  std::optional<GameSchema> schema_;  ///< Nothing before the first look.
  std::string unchanged_ = "true";    ///< The condition that it is still so: UnchangedSql.
  std::string active_reason_;         ///< Why those who were seen lately are left out.
  SteadyTime count_again_at_{};
  std::optional<AllPlayers> all_;  ///< The last count.
};

class GamePlayersCollector final : public Collector {
 public:
  explicit GamePlayersCollector(const std::vector<GameOptions>& games)
      : games_(games.begin(), games.end()) {}

  Result<void> Collect(const CollectorContext& context, SampleSink& sink) override {
    for (PlayersWatch& game : games_) {
      if (auto collected = game.Collect(context, sink); !collected) {
        return collected;
      }
    }
    return {};
  }

 private:
  std::vector<PlayersWatch> games_;
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
