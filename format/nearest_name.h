#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace hakem {

/// Returns the known name that a mistyped one most likely means: the one with the smallest edit
/// distance, which may be at most a third of the word's length, but 1 for short words. Returns
/// nothing when no name is that close.
std::optional<std::string_view> NearestName(std::string_view typed,
                                            std::span<const std::string_view> known);

/// Returns the end of an error message about an unknown name: `, did you mean "exclude"?` or "".
std::string DidYouMean(std::string_view typed, std::span<const std::string_view> known);

}  // namespace hakem
