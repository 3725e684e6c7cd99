#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "collectors/game/schema/schema.h"
#include "model/time.h"

namespace hakem::collectors {

// Pieces of SQL from which the parts of the game statement are made.

/// An instant as microseconds since 1970.
std::string MicrosecondsOf(std::string_view instant);

/// The seconds from one instant to another.
std::string SecondsFrom(std::string_view from, std::string_view to);

/// Joins all values of the column `id` into one text; `filter` follows the aggregate.
std::string AllIds(std::string_view filter = "");

/// An id column as text; NULL if the text is empty, too long or contains kIdSeparator.
std::string IdOf(const GameSchema& schema, std::string_view table, std::string_view column);

/// A column that becomes a label, as text; kOther if it is too long.
std::string WordOf(const GameSchema& schema, std::string_view table, std::string_view column);

/// The condition that the time in a column is in a range in which differences and microseconds
/// since 1970 cannot overflow. Infinite times are outside.
std::string InRange(std::string_view column);

/// The condition that the time in a column is outside that range. It does not hold for NULL either.
std::string OutOfRange(std::string_view column);

/// The time in a column; NULL if it is out of range.
std::string TimeOf(std::string_view column);

/// The seconds between the times in two columns; NULL if one is NULL, NaN if one is out of range.
std::string SecondsBetween(std::string_view from, std::string_view to);

/// A duration as an interval that can be subtracted from now() without overflow.
std::string IntervalOf(Duration duration);

/// `type` for the first kMaxTypes rows by `rank`, else kOther.
std::string KeptType();

/// The condition that a time is in the half-open range of this collection.
std::string InSpan(std::string_view column);

/// The condition InSpan, written as two halves joined by OR. The planner then uses a bitmap scan,
/// which reads each page once. Several writers mix the order of times within pages, so that a plain
/// index scan would read a page for nearly every row.
std::string InHalves(std::string_view column);

/// The columns of one part's rows; those that are not given are NULL.
struct PartColumns {
  std::string_view part;
  std::string name = "NULL";
  std::string type = "NULL";
  std::string ids = "NULL";
  std::vector<std::string> numbers = {};
};

/// Returns `SELECT 'part', …`. The first part names the columns and gives them their types.
std::string SelectPart(PartColumns columns, bool first = false);

}  // namespace hakem::collectors
