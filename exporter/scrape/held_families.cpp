#include "exporter/scrape/held_families.h"

#include <algorithm>
#include <iterator>
#include <unordered_set>
#include <utility>

namespace hakem::exporter {
namespace {

constexpr int kHeldIntervals = 3;
constexpr Duration kLongestHold = std::chrono::minutes(4);
constexpr Duration kGrace = std::chrono::minutes(1);

bool SharesEach(const std::vector<Samples>& left, const std::vector<Samples>& right) {
  return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                    [](const Samples& a, const Samples& b) { return a.Shares(b); });
}

/// Concatenates the parts. If a series occurs twice, its first value is kept.
Samples Join(const std::vector<Samples>& parts) {
  std::vector<Sample> joined;
  std::unordered_set<Labels, LabelsHash> seen;
  for (const Samples& part : parts) {
    std::copy_if(part.begin(), part.end(), std::back_inserter(joined),
                 [&](const Sample& sample) { return seen.insert(sample.series->labels).second; });
  }
  return joined;
}

}  // namespace

void HeldFamilies::Put(std::vector<MetricFamily> families, SteadyTime now) {
  families_ = std::move(families);
  put_ = now;
}

std::span<const MetricFamily> HeldFamilies::Get(SteadyTime now) const {
  return now - put_ < hold_ ? std::span<const MetricFamily>(families_)
                            : std::span<const MetricFamily>();
}

Duration HoldTime(Duration interval) {
  return std::max(std::min(kHeldIntervals * interval, kLongestHold),
                  std::min(kHeldIntervals * interval, interval + kGrace));
}

std::vector<MetricFamily> FamilyMerger::Merge(std::vector<MetricFamily> families) {
  std::stable_sort(
      families.begin(), families.end(),
      [](const MetricFamily& left, const MetricFamily& right) { return left.name < right.name; });
  std::vector<MetricFamily> result;
  result.reserve(families.size());
  std::map<std::string, Merged> merged;
  for (auto first = families.begin(); first != families.end();) {
    const auto last = std::find_if(
        first, families.end(), [&](const MetricFamily& each) { return each.name != first->name; });
    MetricFamily& family = result.emplace_back(*first);
    if (last - first > 1) {
      std::vector<Samples> parts;
      std::transform(first, last, std::back_inserter(parts),
                     [](const MetricFamily& part) { return part.samples; });
      const auto before = last_.find(family.name);
      const bool same = before != last_.end() && SharesEach(before->second.parts, parts);
      family.samples = same ? before->second.samples : Join(parts);
      merged[family.name] = {std::move(parts), family.samples};
    }
    first = last;
  }
  last_ = std::move(merged);
  return result;
}

}  // namespace hakem::exporter
