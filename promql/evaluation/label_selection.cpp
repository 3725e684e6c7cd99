#include "promql/evaluation/label_selection.h"

#include <algorithm>
#include <functional>
#include <string_view>

namespace hakem::promql {
namespace {

std::uint64_t Mix(std::uint64_t hash, const std::string& text) {
  constexpr std::uint64_t kOddNumber = 0x9e3779b97f4a7c15;
  return (hash ^ std::hash<std::string_view>()(text)) * kOddNumber;
}

}  // namespace

bool LabelSelection::Counts(const Label& label) const {
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
  for (const Label& label : labels) {
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
    at = std::find_if(at, end, [this](const Label& label) { return Counts(label); });
    return at != end ? &*at++ : nullptr;
  };
  auto left = one.begin();
  auto right = other.begin();
  for (;;) {
    const Label* const a = next(left, one.end());
    const Label* const b = next(right, other.end());
    if (a == nullptr || b == nullptr) {
      return a == b;
    }
    if (*a != *b) {
      return false;
    }
  }
}

}  // namespace hakem::promql
