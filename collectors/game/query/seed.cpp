#include "collectors/game/query/seed.h"

#include <fmt/format.h>

#include <algorithm>

namespace hakem::collectors {
namespace {

std::string Instant(PgTimestamp instant) {
  return fmt::format("timestamptz 'epoch' + {} * interval '1 microsecond'",
                     instant.time_since_epoch().count());
}

/// What fills one window, if its metric is on offer.
struct WindowSeed {
  GameMetric metric;
  SeedSource source;
  WindowShape shape;
  IntervalWindow GameWindows::*window;
};

std::vector<WindowSeed> SeedsOf(const GameSchema& schema) {
  std::vector<WindowSeed> seeds = {
      {GameMetric::kMovesPerMinute, {"game_moves", "timestamp"}, kMovesWindow, &GameWindows::moves},
      {GameMetric::kGamesPerHour,
       {"game_sessions", "created_at"},
       kCreatedWindow,
       &GameWindows::created},
  };
  if (auto finished = FinishedGamesOf(schema)) {
    seeds.push_back(
        {GameMetric::kAverageDuration,
         {finished->table, "completed_at", "started_at", std::move(finished->condition)},
         kFinishedWindow,
         &GameWindows::finished});
  }
  return seeds;
}

Result<std::vector<Interval>> ReadSeed(Session& session, const GameSchema& schema,
                                       const WindowSeed& seed, PgTimestamp bound) {
  return session.Query(SeedSql(schema, seed.source, seed.shape, bound))
      .and_then([&](const Rows& rows) { return SeedIntervals(rows, seed.shape, bound); });
}

}  // namespace

std::string SeedSql(const GameSchema& schema, const SeedSource& source, const WindowShape& shape,
                    PgTimestamp bound) {
  const std::string at = QuoteIdentifier(source.at);
  const std::string since = QuoteIdentifier(source.since);
  const bool lengths = !source.since.empty();
  // An event at the very start of a slice belongs to it: hence the − 1.
  return fmt::format(
      R"(SELECT ({bound_us} - (extract(epoch FROM {at}) * 1000000)::bigint - 1) / {slice_us} AS slice,
       count(*) AS count, {length} AS microseconds
FROM {table}
WHERE {condition} AND {at} >= {lower} AND {at} < {upper}{valid}
GROUP BY 1)",
      fmt::arg("bound_us", bound.time_since_epoch().count()), fmt::arg("at", at),
      fmt::arg("slice_us", std::chrono::microseconds(shape.slice).count()),
      fmt::arg("length",
               lengths
                   ? fmt::format("(extract(epoch FROM sum({} - {})) * 1000000)::bigint", at, since)
                   : "0"),
      fmt::arg("condition", source.condition), fmt::arg("table", schema.Source(source.table)),
      fmt::arg("lower", Instant(bound - shape.length)), fmt::arg("upper", Instant(bound)),
      fmt::arg("valid", lengths ? fmt::format(" AND {} >= {}", at, since) : ""));
}

Result<std::vector<Interval>> SeedIntervals(const Rows& rows, const WindowShape& shape,
                                            PgTimestamp bound) {
  const int slices = shape.slices();
  std::vector<Interval> intervals;
  for (int i = slices; i > 0; --i) {
    intervals.push_back({bound - shape.slice * i, bound - shape.slice * (i - 1)});
  }
  for (std::size_t row = 0; row < rows.size(); ++row) {
    const double slice = rows.Number(row, 0).value_or(-1);
    if (rows.columns().size() != 3 || slice < 0 || slice >= slices) {
      return Fail(ErrorCode::kInternal,
                  fmt::format("slice {} of a window of {} was told", slice, slices));
    }
    Interval& interval = *(intervals.rbegin() + static_cast<std::ptrdiff_t>(slice));
    interval.count = static_cast<std::int64_t>(rows.Number(row, 1).value_or(0));
    interval.total =
        std::chrono::microseconds(static_cast<std::int64_t>(rows.Number(row, 2).value_or(0)));
  }
  return intervals;
}

Result<void> SeedWindows(const CollectorContext& context, const GameSchema& schema,
                         const GameOffer& offer, PgTimestamp bound, GameWindows& windows) {
  for (const WindowSeed& seed : SeedsOf(schema)) {
    IntervalWindow& window = windows.*seed.window;
    window.Clear();
    if (!offer.Has(seed.metric)) {
      continue;
    }
    const auto slices = ReadSeed(context.session, schema, seed, bound);
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
  return {};
}

}  // namespace hakem::collectors
