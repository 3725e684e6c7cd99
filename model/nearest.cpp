#include "model/nearest.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <vector>

namespace hakem {
namespace {

/// Levenshtein's distance: insertions, deletions and replacements of one byte.
std::size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  return row.back();
}

}  // namespace

std::optional<std::string_view> NearestName(std::string_view typed,
                                            std::span<const std::string_view> known) {
  std::optional<std::string_view> nearest;
  std::size_t limit = std::max<std::size_t>(1, typed.size() / 3);
  for (const std::string_view name : known) {
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
