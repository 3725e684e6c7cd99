#include "tsdb/snapshot_queryable.h"

#include <fmt/format.h>

#include <algorithm>

namespace hakem::tsdb {
namespace {

Labels Attach(const Labels& labels, const Labels& target_labels) {
  std::vector<Label> attached(labels.begin(), labels.end());
  for (Label& label : attached) {
    if (target_labels.Has(label.name)) {
      label.name = fmt::format("exported_{}", label.name);
    }
  }
  attached.insert(attached.end(), target_labels.begin(), target_labels.end());
  return Labels(std::move(attached));
}

}  // namespace

SnapshotQueryable::SnapshotQueryable(std::shared_ptr<const Snapshot> snapshot, Labels target_labels)
    : time_(snapshot->time) {
  for (const MetricFamily& family : snapshot->families) {
    for (const Sample& sample : family.samples) {
      Labels labels = Attach(sample.series->labels, target_labels);
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
