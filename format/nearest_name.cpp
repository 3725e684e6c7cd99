#include "format/nearest_name.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <utility>
#include <vector>

namespace hakem {
namespace {

/// Returns the edit distance: insertions, deletions, replacements and swaps of neighbouring
/// letters.
std::size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before_last;
  std::vector<std::size_t> last(b.size() + 1);
  std::iota(last.begin(), last.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::vector<std::size_t> row(b.size() + 1, i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, replaced});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], before_last[j - 2] + 1);
      }
    }
    before_last = std::exchange(last, std::move(row));
  }
  return last.back();
}

}  // namespace

std::optional<std::string_view> NearestName(std::string_view typed,
                                            std::span<const std::string_view> known) {
  std::optional<std::string_view> nearest;
  std::size_t limit = std::max<std::size_t>(1, typed.size() / 3);
  for (const std::string_view name : known) {
    const std::size_t missing =
        std::max(typed.size(), name.size()) - std::min(typed.size(), name.size());
    if (missing > limit) {
      continue;
    }
    const std::size_t distance = EditDistance(typed, name);
    if (distance <= limit && (!nearest || distance < limit)) {
      nearest = name;
      limit = distance;
    }
  }
  return nearest;
}

std::string DidYouMean(std::string_view typed, std::span<const std::string_view> known) {
  const auto nearest = NearestName(typed, known);
  return nearest ? fmt::format(", did you mean \"{}\"?", *nearest) : "";
}

}  // namespace hakem
