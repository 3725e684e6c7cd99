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

void DropRepeated(std::vector<Sample>& samples) {
  std::unordered_set<Labels, LabelsHash> seen;
  std::erase_if(samples,
                [&](const Sample& sample) { return !seen.insert(sample.series->labels).second; });
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

Duration HoldOf(Duration interval) {
  return std::max(std::min(kHeldIntervals * interval, kLongestHold),
                  std::min(kHeldIntervals * interval, interval + kGrace));
}

std::vector<MetricFamily> MergeFamilies(std::vector<MetricFamily> families) {
  std::stable_sort(
      families.begin(), families.end(),
      [](const MetricFamily& left, const MetricFamily& right) { return left.name < right.name; });
  std::vector<MetricFamily> merged;
  merged.reserve(families.size());
  for (MetricFamily& family : families) {
    if (merged.empty() || merged.back().name != family.name) {
      merged.push_back(std::move(family));
      continue;
    }
    std::vector<Sample>& samples = merged.back().samples;
    std::move(family.samples.begin(), family.samples.end(), std::back_inserter(samples));
    DropRepeated(samples);
  }
  return merged;
}

}  // namespace hakem::exporter
