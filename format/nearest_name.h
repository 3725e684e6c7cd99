#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace hakem {

/// The known name that a mistyped one most likely means: smallest edit distance, at most a third of
/// the word's length (at least 1). Nothing when no name is that near.
std::optional<std::string_view> NearestName(std::string_view typed,
                                            std::span<const std::string_view> known);

/// `, did you mean "exclude"?` or "": the end of an error message about an unknown name.
std::string DidYouMean(std::string_view typed, std::span<const std::string_view> known);

}  // namespace hakem
