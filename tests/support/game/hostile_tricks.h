#pragma once

#include <span>
#include <string>
#include <string_view>

namespace hakem {

/// What the owner does to one schema with a game, and what a collection may report: one live game,
/// or nothing with the reason. `{s}` is the schema, which has the name of the trick.
struct Trick {
  std::string_view name;
  std::string_view sql;
};

/// All tricks; the first one changes nothing.
std::span<const Trick> Tricks();

/// The trick of this name. Requires: it exists.
const Trick& TrickCalled(std::string_view name);

/// SQL that creates a game with one live session in the schema, and then changes it by the trick.
std::string GameWithTrick(const Trick& trick);

/// Replaces all occurrences of `from`.
std::string With(std::string_view text, std::string_view from, std::string_view to);

}  // namespace hakem
