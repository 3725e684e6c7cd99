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

/// Returns the series that the samples have.
LabelsSet SeriesWriter::Append(tsdb::Store::AppendBatch& batch, Timestamp time,
                               const std::vector<RuleSample>& samples) const {
  LabelsSet written;
  for (const RuleSample& sample : samples) {
    batch.Append(*batch.FindOrAdd(sample.labels), time, sample.value);
    written.insert(sample.labels);
  }
  for (const Labels& labels : series_) {
    if (!written.contains(labels)) {
      MarkStale(batch, time, labels);
    }
  }
  return written;
}

void SeriesWriter::Write(tsdb::Store& store, Timestamp time,
                         const std::vector<RuleSample>& samples) {
  if (samples.empty() && series_.empty()) {
    return;
  }
  tsdb::Store::AppendBatch batch(store);
  LabelsSet written = Append(batch, time, samples);
  batch.Commit();
  series_ = std::move(written);
}

void WriteTogether(tsdb::Store& store, Timestamp time, std::span<const PendingSamples> pending) {
  if (pending.empty()) {
    return;
  }
  std::vector<LabelsSet> written;
  written.reserve(pending.size());
  tsdb::Store::AppendBatch batch(store);
  for (const auto& [writer, samples] : pending) {
    written.push_back(writer->Append(batch, time, samples));
  }
  batch.Commit();
  for (std::size_t i = 0; i < pending.size(); ++i) {
    pending[i].writer->series_ = std::move(written[i]);
  }
}

}  // namespace hakem::rules
