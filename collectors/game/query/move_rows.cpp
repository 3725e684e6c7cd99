#include "collectors/game/query/move_rows.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "collectors/game/counting/label_limit.h"
#include "collectors/game/query/row_sql.h"
#include "format/number.h"

namespace hakem::collectors {
namespace {

/// The label that a move is counted under; empty for all moves if there is no such column.
std::string MoveTypeOf(const GameSchema& schema) {
  return schema.Has("game_moves", "move_type")
             ? fmt::format("coalesce({}, '{}')", WordOf(schema, "game_moves", "move_type"), kOther)
             : "''";
}

/// A histogram bound, limited to what an interval can hold.
double BoundSeconds(double seconds) {
  return std::clamp(seconds, -1e9, 1e9);
}

std::string IntervalOfSeconds(double seconds) {
  return fmt::format("interval '{} seconds'", FormatNumber(seconds, NumberForm::kExposition));
}

/// Longer response times count as out of range, because their sum would overflow an interval.
std::string LongestResponse(const GameStatement& s) {
  constexpr double kYear = 366.0 * 24 * 3600;
  const std::vector<double>& bounds = s.options.bounds.move_response;
  return IntervalOfSeconds(bounds.empty() ? kYear : std::max(kYear, BoundSeconds(bounds.back())));
}

/// The columns of the CTE `moves` that count response times, each with a comma before it. Negative
/// times are below every bound, so AddResponseRows subtracts them.
std::string ResponseColumns(const GameStatement& s) {
  const std::string longest = LongestResponse(s);
  std::string columns = fmt::format(
      R"(,
         count(*) FILTER (WHERE response_time BETWEEN interval '0' AND {0}) AS responses,
         sum(response_time) FILTER (WHERE response_time BETWEEN interval '0' AND {0})
           AS response_time,
         count(*) FILTER (WHERE response_time IS NULL) AS no_response,
         count(*) FILTER (WHERE response_time < interval '0') AS negative,
         count(*) FILTER (WHERE response_time > {0}) AS too_long)",
      longest);
  for (std::size_t i = 0; i < s.options.bounds.move_response.size(); ++i) {
    columns += fmt::format(",\n         count(*) FILTER (WHERE response_time <= {}) AS r{}",
                           IntervalOfSeconds(BoundSeconds(s.options.bounds.move_response[i])), i);
  }
  return columns;
}

}  // namespace

// One pass over the new moves: these filters cost a tenth of grouping a range scan under a generic
// plan. Moves of types that are not known yet are collected in an array and grouped afterwards;
// from then on their types are known. Types beyond kMaxLabelValues are counted as kOther.
std::string MoveCte(const GameStatement& s) {
  std::string counts;
  for (std::size_t i = 0; i < s.move_types.size(); ++i) {
    counts += fmt::format("         count(*) FILTER (WHERE move_type = {}) AS c{},\n",
                          QuoteLiteral(s.move_types[i]), i);
  }
  std::vector<std::string> known(s.move_types.begin(), s.move_types.end());
  if (s.move_types.size() < kMaxLabelValues) {
    counts += fmt::format("         count(*) FILTER (WHERE move_type = '{}') AS others,\n", kOther);
    known.emplace_back(kOther);
  }
  const bool responses = s.available.Has(GameMetric::kMoveResponse);
  return fmt::format(
      R"(, moves AS MATERIALIZED (
  SELECT
{counts}         {rest} FILTER (WHERE {unknown}) AS rest{responses}
  FROM (SELECT {type} AS move_type{response_time} FROM {table}
        WHERE {span}) AS new
))",
      fmt::arg("counts", counts),
      fmt::arg("rest", s.move_types.size() < kMaxLabelValues ? "array_agg(move_type)" : "count(*)"),
      fmt::arg("unknown", fmt::format("move_type NOT IN ({})", Literals(known))),
      fmt::arg("responses", responses ? ResponseColumns(s) : ""),
      fmt::arg("type", MoveTypeOf(s.schema)),
      fmt::arg("response_time", responses ? R"(, "response_time" AS response_time)" : ""),
      fmt::arg("table", s.schema.Source("game_moves")), fmt::arg("span", InHalves("timestamp")));
}

void AddMoveRows(const GameStatement& s, std::vector<std::string>& parts) {
  std::vector<std::string> known;
  for (std::size_t i = 0; i < s.move_types.size(); ++i) {
    known.push_back(fmt::format("({}, c{})", QuoteLiteral(s.move_types[i]), i));
  }
  const bool below_limit = s.move_types.size() < kMaxLabelValues;
  if (!below_limit) {
    known.push_back(fmt::format("({}, rest)", QuoteLiteral(kOther)));
  }
  if (!known.empty()) {
    parts.push_back(
        SelectPart({.part = "moves", .name = "v.name", .numbers = {"v.count"}}) +
        fmt::format("\nFROM moves, LATERAL (VALUES {}) AS v(name, count)", fmt::join(known, ", ")));
  }
  if (below_limit) {
    parts.push_back(
        SelectPart({.part = "moves", .name = fmt::format("'{}'", kOther), .numbers = {"others"}}) +
        "\nFROM moves WHERE others > 0");
    parts.push_back(SelectPart({.part = "moves",
                                .name = fmt::format("CASE WHEN rank <= {} THEN name ELSE '{}' END",
                                                    kMaxLabelValues - s.move_types.size(), kOther),
                                .numbers = {"sum(count)"}}) +
                    R"(
FROM (
  SELECT name, count(*) AS count, row_number() OVER (ORDER BY count(*) DESC, name) AS rank
  FROM moves, unnest(rest) AS name GROUP BY name) AS unknown
GROUP BY 2)");
  }
}

void AddResponseRows(const GameStatement& s, std::vector<std::string>& parts) {
  std::vector<std::string> bounds;
  for (std::size_t i = 0; i < s.options.bounds.move_response.size(); ++i) {
    bounds.push_back(fmt::format("({0}, r{0} - negative)", i));
  }
  if (!bounds.empty()) {
    parts.push_back(SelectPart({.part = "response_bucket", .numbers = {"v.bound", "v.count"}}) +
                    fmt::format("\nFROM moves, LATERAL (VALUES {}) AS v(bound, count)",
                                fmt::join(bounds, ", ")));
  }
  parts.push_back(SelectPart({.part = "responses",
                              .numbers = {"responses", "extract(epoch FROM response_time)",
                                          "no_response", "negative", "too_long"}}) +
                  "\nFROM moves");
}

}  // namespace hakem::collectors
