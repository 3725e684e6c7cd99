#include "tests/support/collection/snapshot_values.h"

#include "tests/support/collection/page_text.h"

namespace hakem {

std::optional<double> ValueOf(const Snapshot& snapshot, std::string_view series) {
  for (const MetricFamily& family : snapshot.families) {
    for (const Sample& sample : family.samples) {
      if (PageText(sample.series) == series) {
        return sample.value;
      }
    }
  }
  return std::nullopt;
}

std::size_t SeriesIn(const Snapshot& snapshot, std::string_view family) {
  for (const MetricFamily& each : snapshot.families) {
    if (each.name == family) {
      return each.samples.size();
    }
  }
  return 0;
}

}  // namespace hakem
