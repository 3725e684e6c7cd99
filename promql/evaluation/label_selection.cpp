#include "promql/evaluation/label_selection.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <string_view>

namespace hakem::promql {
namespace {

std::uint64_t Mix(std::uint64_t hash, std::string_view text) {
  constexpr std::uint64_t kOddNumber = 0x9e3779b97f4a7c15;
  return (hash ^ std::hash<std::string_view>()(text)) * kOddNumber;
}

}  // namespace

bool LabelSelection::Counts(const LabelView& label) const {
  const bool is_named = std::find(names_.begin(), names_.end(), label.name) != names_.end();
  return is_named == only_;
}

Labels LabelSelection::Of(const Labels& labels) const {
  return only_ ? labels.Only(names_) : labels.Without(names_);
}

std::uint64_t LabelSelection::Hash(const Labels& labels) const {
  if (is_all()) {
    return labels.hash();
  }
  if (is_none()) {
    return 0;
  }
  std::uint64_t hash = 0;
  for (const LabelView label : labels) {
    hash = Counts(label) ? Mix(Mix(hash, label.name), label.value) : hash;
  }
  return hash ^ hash >> 32;
}

bool LabelSelection::AreEqual(const Labels& one, const Labels& other) const {
  if (is_all()) {
    return one == other;
  }
  if (is_none()) {
    return true;
  }
  const auto next = [this](auto& at, const auto& end) {
    at = std::find_if(at, end, [this](const LabelView& label) { return Counts(label); });
    std::optional<LabelView> label;
    if (at != end) {
      label = *at;
      ++at;
    }
    return label;
  };
  auto left = one.begin();
  auto right = other.begin();
  for (;;) {
    const std::optional<LabelView> a = next(left, one.end());
    if (a != next(right, other.end())) {
      return false;
    }
    if (!a) {
      return true;
    }
  }
}

}  // namespace hakem::promql
