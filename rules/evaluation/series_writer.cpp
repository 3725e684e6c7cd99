#include "rules/evaluation/series_writer.h"

#include <utility>

#include "tsdb/chunk/point.h"

namespace hakem::rules {
namespace {

void MarkStale(tsdb::Store::AppendBatch& batch, Timestamp time, const Labels& labels) {
  const auto stored = batch.Find(labels);
  if (stored != nullptr && stored->last_time() < time && !stored->has_ended()) {
    batch.Append(*stored, time, tsdb::kStaleMarker);
  }
}

}  // namespace

void EndSeries(tsdb::Store& store, Timestamp time, const LabelsSet& series) {
  if (series.empty()) {
    return;
  }
  tsdb::Store::AppendBatch batch(store);
  for (const Labels& labels : series) {
    MarkStale(batch, time, labels);
  }
  batch.Commit();
}

SeriesWriter::SeriesWriter(const std::vector<RuleSample>& written) {
  for (const RuleSample& sample : written) {
    series_.insert(sample.labels);
  }
}

void SeriesWriter::Write(tsdb::Store& store, Timestamp time,
                         const std::vector<RuleSample>& samples) {
  if (samples.empty() && series_.empty()) {
    return;
  }
  LabelsSet written;
  tsdb::Store::AppendBatch batch(store);
  for (const RuleSample& sample : samples) {
    batch.Append(*batch.FindOrAdd(sample.labels), time, sample.value);
    written.insert(sample.labels);
  }
  for (const Labels& labels : series_) {
    if (!written.contains(labels)) {
      MarkStale(batch, time, labels);
    }
  }
  batch.Commit();
  series_ = std::move(written);
}

}  // namespace hakem::rules
