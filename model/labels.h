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

/// A name and its value, owned.
struct Label {
  std::string name;
  std::string value;

  bool operator==(const Label&) const = default;
  auto operator<=>(const Label&) const = default;
};

/// One label of a Labels. Valid as long as a copy of those Labels lives.
struct LabelView {
  std::string_view name;
  std::string_view value;

  explicit operator Label() const { return {std::string(name), std::string(value)}; }

  bool operator==(const LabelView&) const = default;
  auto operator<=>(const LabelView&) const = default;
};

/// The labels that identify a series or an alert. Immutable; sorted by name; names are unique and
/// values not empty, since an empty value means that the label is absent. The hash is computed
/// once. Copies share one block of memory. A moved-from Labels is empty.
class Labels {
 public:
  class Iterator;

  /// No labels; takes no memory.
  Labels() = default;

  Labels(std::initializer_list<Label> labels);

  /// Sorts the labels and drops empty values. Of several labels with one name the last one wins.
  explicit Labels(const std::vector<Label>& labels);

  /// Does the same for borrowed labels.
  explicit Labels(std::vector<LabelView> labels);

  /// Returns the value, or "" when there is no such label. Valid as long as a copy of this lives.
  std::string_view Get(std::string_view name) const;

  bool Has(std::string_view name) const { return !Get(name).empty(); }

  /// The metric name, or "".
  std::string_view metric_name() const { return Get(kMetricNameLabel); }

  /// Returns a copy in which the label has this value; an empty value removes the label.
  Labels With(std::string_view name, std::string_view value) const;

  /// Returns a copy with only these labels.
  Labels Only(std::span<const std::string> names) const;

  /// Returns a copy without these labels.
  Labels Without(std::span<const std::string> names) const;

  Labels WithoutName() const { return With(kMetricNameLabel, ""); }

  /// Counts the labels; takes linear time.
  std::size_t size() const;

  bool empty() const { return block_ == nullptr; }

  /// Iterates in the order of names.
  Iterator begin() const;
  Iterator end() const;

  /// XXH3 of names and values: the same on every run, for hash tables and stored state.
  std::uint64_t hash() const { return block_ == nullptr ? kHashOfNone : block_->hash; }

  /// The memory that all copies together take.
  std::size_t bytes() const;

  bool operator==(const Labels& other) const;
  std::strong_ordering operator<=>(const Labels& other) const;

 private:
  /// The text follows it in memory. For each label: the lengths of name and value (7 bits a byte,
  /// lowest first, the top bit set where more follow), then name and value.
  struct Header : BlockOwners {
    std::uint32_t length = 0;  ///< Bytes of the text.
    std::uint64_t hash = 0;
  };

  static constexpr std::uint64_t kHashOfNone = 0x2d06800538d394c2;  ///< XXH3 of an empty text.

  /// Requires: sorted, names unique, no empty values.
  static Labels FromNormal(std::span<const LabelView> labels);

  template <typename Keep>
  Labels Filtered(Keep keep) const;

  std::string_view Text() const;

  SharedBlock<Header> block_;  ///< Null when there are no labels.
};

class Labels::Iterator {
 public:
  using iterator_category = std::input_iterator_tag;  // A view is made for each.
  using value_type = LabelView;
  using difference_type = std::ptrdiff_t;
  using pointer = const LabelView*;
  using reference = LabelView;

  /// `place`: where a label begins, or the end of the text.
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
  /// Reads a length and moves `place` behind it.
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

/// Formats a series as PromQL does: `name{a="x",b="y"}`; `{}` when empty.
std::string FormatSeries(const Labels& labels);

/// Escapes `\`, `"` and newline for a quoted label value on a metrics page.
std::string EscapeLabelValue(std::string_view value);

/// Whether the name matches [a-zA-Z_][a-zA-Z0-9_]*.
bool IsValidLabelName(std::string_view name);

/// Whether the name matches [a-zA-Z_:][a-zA-Z0-9_:]*.
bool IsValidMetricName(std::string_view name);

}  // namespace hakem
