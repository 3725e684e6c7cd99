#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <iterator>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/shared_block.h"

namespace hakem {

/// The label that holds a series' metric name.
inline constexpr std::string_view kMetricNameLabel = "__name__";

struct Label {
  std::string name;
  std::string value;

  bool operator==(const Label&) const = default;
  auto operator<=>(const Label&) const = default;
};

/// A label of Labels: good as long as some copy of those.
struct LabelView {
  std::string_view name;
  std::string_view value;

  explicit operator Label() const { return {std::string(name), std::string(value)}; }

  bool operator==(const LabelView&) const = default;
  auto operator<=>(const LabelView&) const = default;
};

/// What identifies a series or an alert. Immutable; sorted by name, names unique, no empty values
/// (a label with an empty value is the same as no label); its hash is computed once. All of it lies
/// in one block of memory, which copies share. One that was moved from is empty.
class Labels {
 public:
  class Iterator;

  /// No labels, and no memory for them.
  Labels() = default;

  Labels(std::initializer_list<Label> labels);

  /// Sorts; of several labels with one name the last wins; drops empty values.
  explicit Labels(const std::vector<Label>& labels);

  /// As with owned ones.
  explicit Labels(std::vector<LabelView> labels);

  /// The value, or "" when there is no such label. The view lives as long as some copy of this.
  std::string_view Get(std::string_view name) const;

  bool Has(std::string_view name) const { return !Get(name).empty(); }

  /// The metric name, or "".
  std::string_view metric_name() const { return Get(kMetricNameLabel); }

  /// A copy in which the label has this value; an empty value removes it.
  Labels With(std::string_view name, std::string_view value) const;

  /// A copy with only these labels.
  Labels Only(std::span<const std::string> names) const;

  /// A copy without these labels.
  Labels Without(std::span<const std::string> names) const;

  Labels WithoutName() const { return With(kMetricNameLabel, ""); }

  /// Counts them.
  std::size_t size() const;

  bool empty() const { return block_ == nullptr; }

  /// In the order of names.
  Iterator begin() const;
  Iterator end() const;

  /// XXH3 of names and values: the same on every run, for hash tables and stored state.
  std::uint64_t hash() const { return block_ == nullptr ? kHashOfNone : block_->hash; }

  /// What they take of memory, all copies together.
  std::size_t bytes() const;

  bool operator==(const Labels& other) const;
  std::strong_ordering operator<=>(const Labels& other) const;

 private:
  /// The text follows: of each label the lengths of name and value (7 bits a byte, lowest first,
  /// the top bit set where more follow) and both of them.
  struct Header : BlockOwners {
    std::uint32_t length = 0;  ///< Of the text.
    std::uint64_t hash = 0;
  };

  static constexpr std::uint64_t kHashOfNone = 0x2d06800538d394c2;  ///< XXH3 of no bytes.

  /// Requires: sorted, names unique, no empty values.
  static Labels FromNormal(std::span<const LabelView> labels);

  template <typename Keep>
  Labels Filtered(Keep keep) const;

  std::string_view Text() const;

  SharedBlock<Header> block_;  ///< Null: no labels.
};

class Labels::Iterator {
 public:
  using iterator_category = std::input_iterator_tag;  // A view is made for each.
  using value_type = LabelView;
  using difference_type = std::ptrdiff_t;
  using pointer = const LabelView*;
  using reference = LabelView;

  /// Of the label that begins there, or the end of the text.
  explicit Iterator(const char* place) : place_(place) {}

  LabelView operator*() const {
    const char* place = place_;
    const std::size_t name = ReadLength(place);
    const std::size_t value = ReadLength(place);
    return {{place, name}, {place + name, value}};
  }

  Iterator& operator++() {
    const LabelView label = **this;
    place_ = label.value.data() + label.value.size();
    return *this;
  }

  bool operator==(const Iterator&) const = default;

 private:
  /// Moves `place` behind it.
  static std::size_t ReadLength(const char*& place) {
    std::size_t length = 0;
    unsigned shift = 0;
    for (; (*place & 0x80) != 0; shift += 7) {
      length |= static_cast<std::size_t>(*place++ & 0x7f) << shift;
    }
    return length | static_cast<std::size_t>(*place++) << shift;
  }

  const char* place_;
};

inline std::string_view Labels::Text() const {
  return block_ == nullptr
             ? std::string_view()
             : std::string_view(static_cast<const char*>(block_.behind()), block_->length);
}

inline Labels::Iterator Labels::begin() const {
  return Iterator(Text().data());
}

inline Labels::Iterator Labels::end() const {
  return Iterator(Text().data() + Text().size());
}

struct LabelsHash {
  std::size_t operator()(const Labels& labels) const { return labels.hash(); }
};

/// `name{a="x",b="y"}` as PromQL prints a series; `{}` when empty.
std::string FormatSeries(const Labels& labels);

/// Escapes `\`, `"` and newline: what stands between the quotes of a label value on a metrics page.
std::string EscapeLabelValue(std::string_view value);

/// [a-zA-Z_][a-zA-Z0-9_]*
bool IsValidLabelName(std::string_view name);

/// [a-zA-Z_:][a-zA-Z0-9_:]*
bool IsValidMetricName(std::string_view name);

}  // namespace hakem
