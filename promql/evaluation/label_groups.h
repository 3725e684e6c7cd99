#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "promql/evaluation/label_selection.h"

namespace hakem::promql {

/// Numbers groups of label sets 0, 1, 2, … as they are first seen; those in which the same labels
/// count are in one group. What a group has in common is put together only when it is asked for.
class LabelGroups {
 public:
  explicit LabelGroups(LabelSelection selection) : selection_(std::move(selection)) {}

  /// The number of the group, a new one when there is none yet.
  std::size_t Add(const Labels& labels);

  /// Nothing when there is no such group.
  std::optional<std::size_t> Find(const Labels& labels) const;

  std::size_t size() const { return groups_.size(); }

  /// The labels that count. Requires: group < size().
  Labels LabelsOf(std::size_t group) const { return selection_.Of(groups_[group].first); }

 private:
  struct Group {
    Labels first;
    std::uint64_t hash;
  };

  static constexpr std::uint32_t kFree = ~std::uint32_t{0};

  /// Where the group stands in the table, or would stand.
  std::size_t SlotOf(const Labels& labels, std::uint64_t hash) const;
  void Grow();

  LabelSelection selection_;
  std::vector<Group> groups_;
  /// An open hash table of group numbers, at most half full; its size is a power of two.
  std::vector<std::uint32_t> slots_ = std::vector<std::uint32_t>(4, kFree);
};

}  // namespace hakem::promql
