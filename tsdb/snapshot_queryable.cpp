#include "tsdb/snapshot_queryable.h"

#include <algorithm>
#include <utility>

#include "tsdb/target_labels.h"

namespace hakem::tsdb {

SnapshotQueryable::SnapshotQueryable(const std::shared_ptr<const Snapshot>& snapshot,
                                     const Labels& target_labels)
    : time_(snapshot->time) {
  for (const MetricFamily& family : snapshot->families) {
    for (const Sample& sample : family.samples) {
      Labels labels = WithTargetLabels(sample.series->labels, target_labels);
      entries_.push_back({std::make_shared<const Series>(std::move(labels)), sample.value});
    }
  }
  std::sort(entries_.begin(), entries_.end(),
            [](const Entry& a, const Entry& b) { return a.series->labels < b.series->labels; });
}

std::vector<SelectedSeries> SnapshotQueryable::Select(std::span<const Matcher> matchers,
                                                      Timestamp after, Timestamp until) const {
  std::vector<SelectedSeries> selected;
  if (time_ <= after || time_ > until) {
    return selected;
  }
  for (const Entry& entry : entries_) {
    if (std::all_of(matchers.begin(), matchers.end(),
                    [&](const Matcher& m) { return m.Matches(entry.series->labels); })) {
      selected.push_back({entry.series, {{time_, entry.value}}});
    }
  }
  return selected;
}

}  // namespace hakem::tsdb
