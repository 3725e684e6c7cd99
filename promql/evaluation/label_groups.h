#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "promql/evaluation/label_selection.h"

namespace hakem::promql {

/// Groups label sets by their selected labels, and numbers the groups 0, 1, 2, … in the order in
/// which they are first seen. A group's labels are built only when LabelsOf is called.
class LabelGroups {
 public:
  explicit LabelGroups(LabelSelection selection) : selection_(std::move(selection)) {}

  /// Returns the number of the group, which is added when there is none yet.
  std::size_t Add(const Labels& labels);

  /// Returns the number of the group, or nothing when there is none.
  std::optional<std::size_t> Find(const Labels& labels) const;

  std::size_t size() const { return groups_.size(); }

  /// Returns the selected labels of a group. Requires: group < size().
  Labels LabelsOf(std::size_t group) const { return selection_.Of(groups_[group].first); }

 private:
  struct Group {
    Labels first;
    std::uint64_t hash = 0;
  };

  static constexpr std::uint32_t kFree = ~std::uint32_t{0};

  /// Returns the group's place in the table, or the free place where it would go.
  std::size_t SlotOf(const Labels& labels, std::uint64_t hash) const;
  void Grow();

  LabelSelection selection_;
  std::vector<Group> groups_;
  /// An open hash table of group numbers, at most half full; its size is a power of two.
  std::vector<std::uint32_t> slots_ = std::vector<std::uint32_t>(4, kFree);
};

}  // namespace hakem::promql
