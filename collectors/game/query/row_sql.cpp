#include "collectors/game/query/row_sql.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "collectors/game/counting/label_limit.h"
#include "collectors/game/query/statements.h"

namespace hakem::collectors {
namespace {

// Between these times differences and microseconds since 1970 cannot overflow, and a date or a
// timestamp without time zone can be cast to timestamptz. Infinite times are outside.
constexpr std::string_view kFirstTime = "'1900-01-01'";
constexpr std::string_view kAfterLastTime = "'2200-01-01'";

constexpr std::size_t kNumbers = 8;

}  // namespace

std::string MicrosecondsOf(std::string_view instant) {
  return fmt::format("(extract(epoch FROM {}) * 1000000)::bigint", instant);
}

std::string SecondsFrom(std::string_view from, std::string_view to) {
  return fmt::format("extract(epoch FROM {} - {})", to, from);
}

std::string AllIds(std::string_view filter) {
  return fmt::format("string_agg(id, E'\\x{:02x}'){}", static_cast<unsigned>(kIdSeparator), filter);
}

std::string IdOf(const GameSchema& schema, std::string_view table, std::string_view column) {
  const GameColumn* found = schema.Find(table, column);
  std::string text = QuoteIdentifier(column) + "::text";
  if (found == nullptr || !found->is_text) {
    return text;
  }
  // octet_length does not read a long text from TOAST.
  return fmt::format(
      "CASE WHEN octet_length({0}) BETWEEN 1 AND {1}\n"
      "            AND strpos(({0}) COLLATE \"C\", E'\\x{2:02x}') = 0 THEN {0} END",
      text, kMaxTextBytes, static_cast<unsigned>(kIdSeparator));
}

std::string WordOf(const GameSchema& schema, std::string_view table, std::string_view column) {
  const GameColumn* found = schema.Find(table, column);
  std::string text = QuoteIdentifier(column) + "::text";
  return found != nullptr && found->is_text
             ? fmt::format("CASE WHEN octet_length({0}) > {1} THEN '{2}' ELSE {0} END", text,
                           kMaxTextBytes, kOther)
             : text;
}

std::string InRange(std::string_view column) {
  return fmt::format("{0} >= {1} AND {0} < {2}", QuoteIdentifier(column), kFirstTime,
                     kAfterLastTime);
}

std::string OutOfRange(std::string_view column) {
  return fmt::format("({0} < {1} OR {0} >= {2})", QuoteIdentifier(column), kFirstTime,
                     kAfterLastTime);
}

std::string TimeOf(std::string_view column) {
  return fmt::format("CASE WHEN {} THEN {}::timestamptz END", InRange(column),
                     QuoteIdentifier(column));
}

std::string SecondsBetween(std::string_view from, std::string_view to) {
  return fmt::format(
      "CASE WHEN {0} AND {1}\n"
      "       THEN extract(epoch FROM {3}::timestamptz - {2}::timestamptz)\n"
      "       WHEN {2} IS NOT NULL AND {3} IS NOT NULL THEN 'NaN' END",
      InRange(from), InRange(to), QuoteIdentifier(from), QuoteIdentifier(to));
}

std::string IntervalOf(Duration duration) {
  constexpr Duration kLongest = std::chrono::hours(24 * 366 * 300);
  return fmt::format("interval '{} milliseconds'", std::min(duration, kLongest).count());
}

std::string KeptType() {
  return fmt::format("CASE WHEN rank <= {} THEN type ELSE '{}' END", kMaxTypes, kOther);
}

std::string SelectPart(PartColumns columns, bool first) {
  columns.numbers.resize(kNumbers, "NULL");
  if (!first) {
    return fmt::format("\nSELECT '{}', {}, {}, {}, {}", columns.part, columns.name, columns.type,
                       columns.ids, fmt::join(columns.numbers, ", "));
  }
  std::string sql = fmt::format("\nSELECT '{}' AS part, {} AS name, {} AS type, {} AS ids",
                                columns.part, columns.name, columns.type, columns.ids);
  for (std::size_t i = 0; i < kNumbers; ++i) {
    sql += fmt::format(", ({})::float8 AS v{}", columns.numbers[i], i + 1);
  }
  return sql;
}

std::string InSpan(std::string_view column) {
  const std::string name = QuoteIdentifier(column);
  return fmt::format("{0} >= (SELECT lower FROM span) AND {0} < (SELECT upper FROM span)", name);
}

std::string InHalves(std::string_view column) {
  return fmt::format(
      "({0} >= (SELECT lower FROM span) AND {0} < (SELECT middle FROM span)\n"
      "          OR {0} >= (SELECT middle FROM span) AND {0} < (SELECT upper FROM span))",
      QuoteIdentifier(column));
}

}  // namespace hakem::collectors
