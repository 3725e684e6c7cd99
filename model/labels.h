#pragma once

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hakem {

/// The label that holds a series' metric name.
inline constexpr std::string_view kMetricNameLabel = "__name__";

struct Label {
  std::string name;
  std::string value;

  bool operator==(const Label&) const = default;
  auto operator<=>(const Label&) const = default;
};

/// What identifies a series or an alert. Immutable; sorted by name, names unique, no empty values
/// (a label with an empty value is the same as no label); its hash is computed once. A handle:
/// copies share the texts. One that was moved from is empty.
class Labels {
 public:
  Labels() = default;
  Labels(std::initializer_list<Label> labels);

  /// Sorts; of several labels with one name the last wins; drops empty values.
  explicit Labels(std::vector<Label> labels);

  /// The value, or "" when there is no such label. The view lives as long as this object.
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

  std::size_t size() const { return list().size(); }

  bool empty() const { return labels_ == nullptr; }

  auto begin() const { return list().begin(); }

  auto end() const { return list().end(); }

  /// XXH3 of names and values: the same on every run, for hash tables and stored state.
  std::uint64_t hash() const { return empty() ? kHashOfNone : hash_; }

  bool operator==(const Labels& other) const {
    return labels_ == other.labels_ ||
           (hash() == other.hash() && std::ranges::equal(list(), other.list()));
  }

  auto operator<=>(const Labels& other) const {
    return std::lexicographical_compare_three_way(begin(), end(), other.begin(), other.end());
  }

 private:
  static constexpr std::uint64_t kHashOfNone = 0x2d06800538d394c2;  // XXH3 of no bytes.

  /// Requires: sorted, unique, none with an empty value.
  Labels(std::shared_ptr<Label[]> labels, std::size_t size);

  template <typename Keep>
  Labels Filtered(Keep keep) const;

  std::span<const Label> list() const { return {labels_.get(), empty() ? 0 : size_}; }

  std::shared_ptr<const Label[]> labels_;  ///< Null: none; the others then say nothing.
  std::size_t size_ = 0;
  std::uint64_t hash_ = 0;
};

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
