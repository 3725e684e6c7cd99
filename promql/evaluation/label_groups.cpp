#include "promql/evaluation/label_groups.h"

namespace hakem::promql {

std::size_t LabelGroups::SlotOf(const Labels& labels, std::uint64_t hash) const {
  const std::size_t mask = slots_.size() - 1;
  std::size_t slot = hash & mask;
  for (; slots_[slot] != kFree; slot = (slot + 1) & mask) {
    const Group& group = groups_[slots_[slot]];
    if (group.hash == hash && selection_.AreEqual(group.first, labels)) {
      break;
    }
  }
  return slot;
}

std::size_t LabelGroups::Add(const Labels& labels) {
  const std::uint64_t hash = selection_.Hash(labels);
  const std::size_t slot = SlotOf(labels, hash);
  if (slots_[slot] != kFree) {
    return slots_[slot];
  }
  const std::size_t number = groups_.size();
  slots_[slot] = static_cast<std::uint32_t>(number);
  groups_.push_back({labels, hash});
  if (groups_.size() * 2 > slots_.size()) {
    Grow();
  }
  return number;
}

std::optional<std::size_t> LabelGroups::Find(const Labels& labels) const {
  const std::uint32_t group = slots_[SlotOf(labels, selection_.Hash(labels))];
  return group == kFree ? std::nullopt : std::optional<std::size_t>(group);
}

void LabelGroups::Grow() {
  slots_.assign(slots_.size() * 2, kFree);
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t number = 0; number < groups_.size(); ++number) {
    std::size_t slot = groups_[number].hash & mask;
    while (slots_[slot] != kFree) {
      slot = (slot + 1) & mask;
    }
    slots_[slot] = static_cast<std::uint32_t>(number);
  }
}

}  // namespace hakem::promql
