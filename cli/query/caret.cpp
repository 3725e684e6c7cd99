#include "cli/query/caret.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

namespace hakem::cli {
namespace {

constexpr std::string_view kMargin = "  ";

struct Place {
  std::size_t line = 0;
  std::size_t column = 0;
};

/// Reads a place such as `1:5` that is followed by `end`.
std::optional<Place> ReadPlace(std::string_view text, char end) {
  Place place;
  const char* const last = text.data() + text.size();
  const auto line = std::from_chars(text.data(), last, place.line);
  if (line.ec != std::errc{} || line.ptr == last || *line.ptr != ':') {
    return std::nullopt;
  }
  const auto column = std::from_chars(line.ptr + 1, last, place.column);
  const bool complete = column.ec == std::errc{} && column.ptr != last && *column.ptr == end;
  return complete && place.line > 0 && place.column > 0 ? std::optional(place) : std::nullopt;
}

std::optional<Place> PlaceIn(std::string_view message) {
  const std::size_t open = message.rfind('(');
  const auto at_front = ReadPlace(message, ':');
  return at_front || open == message.npos ? at_front : ReadPlace(message.substr(open + 1), ')');
}

std::optional<std::string_view> LineOf(std::string_view text, std::size_t number) {
  for (; number > 1; --number) {
    const std::size_t end = text.find('\n');
    if (end == text.npos) {
      return std::nullopt;
    }
    text.remove_prefix(end + 1);
  }
  return text.substr(0, text.find('\n'));
}

/// Returns blanks as wide as the text: tabs stay tabs, any other character is one column.
std::string SpacesFor(std::string_view text) {
  std::string spaces;
  for (const char c : text) {
    const bool continues = (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
    spaces.append(continues ? 0 : 1, c == '\t' ? '\t' : ' ');
  }
  return spaces;
}

}  // namespace

std::string PointAt(std::string_view message, std::string_view query) {
  const std::optional<Place> place = PlaceIn(message);
  const auto line = place ? LineOf(query, place->line) : std::nullopt;
  if (!line || place->column > line->size() + 2) {
    return std::string(message);
  }
  const std::size_t before = std::min(place->column - 1, line->size());
  const std::size_t beyond = place->column - 1 - before;  // The place may be the end of the input.
  return fmt::format("{}\n{}{}\n{}{}{}^", message, kMargin, *line, kMargin,
                     SpacesFor(line->substr(0, before)), std::string(beyond, ' '));
}

}  // namespace hakem::cli
