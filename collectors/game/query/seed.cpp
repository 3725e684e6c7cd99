#include "collectors/game/query/seed.h"

#include <fmt/format.h>

#include <algorithm>

#include "collectors/game/query/horizon.h"

namespace hakem::collectors {
namespace {

std::string Instant(PgTimestamp instant) {
  return fmt::format("timestamptz 'epoch' + {} * interval '1 microsecond'",
                     instant.time_since_epoch().count());
}

/// How one window is filled, if its metric is available.
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
                                       std::string_view unchanged, const WindowSeed& seed,
                                       PgTimestamp horizon, std::uint64_t& unusable) {
  return session
      .Query(FailIfChangedSql(unchanged) + SeedSql(schema, seed.source, seed.shape, horizon))
      .and_then([&](const Rows& rows) {
        const auto column = rows.Column("unusable");
        for (std::size_t row = 0; column && row < rows.size(); ++row) {
          unusable += static_cast<std::uint64_t>(
              std::clamp(rows.Number(row, *column).value_or(0), 0.0, 1e15));
        }
        return SeedIntervals(rows, seed.shape, horizon);
      });
}

std::int64_t Integer(const Rows& rows, std::size_t row, std::size_t column) {
  constexpr double kLargest = 9007199254740992.0;  // 2^53
  return static_cast<std::int64_t>(
      std::clamp(rows.Number(row, column).value_or(0), -kLargest, kLargest));
}

}  // namespace

std::string SeedSql(const GameSchema& schema, const SeedSource& source, const WindowShape& shape,
                    PgTimestamp horizon) {
  const std::string at = QuoteIdentifier(source.at);
  const std::string since = QuoteIdentifier(source.since);
  const bool lengths = !source.since.empty();
  // The start is in range, and the event does not end before it.
  const std::string played = fmt::format("{0} >= '1900-01-01' AND {1} >= {0}", since, at);
  // The − 1 assigns an event at the very start of a slice to that slice.
  return fmt::format(
      R"(SELECT ({horizon_us} - (extract(epoch FROM {at}) * 1000000)::bigint - 1) / {slice_us} AS slice,
       {count} AS count, {length} AS microseconds, {unusable} AS unusable
FROM {table}
WHERE {condition} AND {at} >= {lower} AND {at} < {upper}
GROUP BY 1)",
      fmt::arg("horizon_us", horizon.time_since_epoch().count()), fmt::arg("at", at),
      fmt::arg("slice_us", std::chrono::microseconds(shape.slice).count()),
      fmt::arg("length",
               lengths ? fmt::format("(extract(epoch FROM sum({0}::timestamptz - {1}::timestamptz)"
                                     " FILTER (WHERE {2})) * 1000000)::bigint",
                                     at, since, played)
                       : "0"),
      fmt::arg("count", lengths ? fmt::format("count(*) FILTER (WHERE {})", played) : "count(*)"),
      fmt::arg("unusable", lengths
                               ? fmt::format("count(*) FILTER (WHERE {0} < '1900-01-01' OR {0} >= "
                                             "'2200-01-01')",
                                             since)
                               : "0"),
      fmt::arg("condition", source.condition), fmt::arg("table", schema.Source(source.table)),
      fmt::arg("lower", Instant(horizon - shape.length)), fmt::arg("upper", Instant(horizon)));
}

Result<std::vector<Interval>> SeedIntervals(const Rows& rows, const WindowShape& shape,
                                            PgTimestamp horizon) {
  const int slices = shape.slices();
  std::vector<Interval> intervals;
  for (int i = slices; i > 0; --i) {
    intervals.push_back({horizon - shape.slice * i, horizon - shape.slice * (i - 1)});
  }
  for (std::size_t row = 0; row < rows.size(); ++row) {
    const double slice = rows.Number(row, 0).value_or(-1);
    if (rows.columns().size() < 3 || slice < 0 || slice >= slices) {
      return Fail(ErrorCode::kInternal,
                  fmt::format("the query for a window returned slice {} of {}", slice, slices));
    }
    Interval& interval = *(intervals.rbegin() + static_cast<std::ptrdiff_t>(slice));
    interval.count = Integer(rows, row, 1);
    interval.total = std::chrono::microseconds(Integer(rows, row, 2));
  }
  return intervals;
}

Result<std::uint64_t> SeedWindows(const CollectorContext& context, const GameSchema& schema,
                                  const AvailableMetrics& available, std::string_view unchanged,
                                  PgTimestamp horizon, GameWindows& windows) {
  std::uint64_t unusable = 0;
  for (const WindowSeed& seed : SeedsOf(schema)) {
    IntervalWindow& window = windows.*seed.window;
    window.Clear();
    if (!available.Has(seed.metric)) {
      continue;
    }
    const auto slices = ReadSeed(context.session, schema, unchanged, seed, horizon, unusable);
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
  return unusable;
}

}  // namespace hakem::collectors
