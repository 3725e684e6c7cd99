#pragma once

#include <string>
#include <string_view>

namespace hakem::cli {

/// Adds to a message the line of the query that it is about, and a caret under the place that the
/// message names: `1:5: …` at its front or ` (1:5)` at its end; columns count bytes from 1. Returns
/// the message alone if it names no place in the query.
///
///     1:5: parse error: unexpected end of input
///       up +
///           ^
std::string PointAt(std::string_view message, std::string_view query);

}  // namespace hakem::cli
