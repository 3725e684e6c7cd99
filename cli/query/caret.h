#pragma once

#include <string>
#include <string_view>

namespace hakem::exporter {

/// A message about a query, with the line of the query below it and a caret under the place that
/// the message names (`1:5: …` at its front, or ` (1:5)` at its end; columns count bytes from 1).
/// The message alone when it names no place of the query.
///
///     1:5: parse error: unexpected end of input
///       up +
///           ^
std::string PointAt(std::string_view message, std::string_view query);

}  // namespace hakem::exporter
