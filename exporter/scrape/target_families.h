#pragma once

#include <span>
#include <vector>

#include "collectors/core/sample_sink.h"
#include "exporter/scrape/target_state.h"
#include "model/labels.h"
#include "model/metric_family.h"

namespace hakem::exporter {

/// Writes `pg_up` and Hakem's metrics about a target and its collectors. Keeps the identities of
/// series between calls. Used by one thread at a time.
class TargetFamilies {
 public:
  /// `constant_labels` are added to every series.
  explicit TargetFamilies(Labels constant_labels) : sink_(std::move(constant_labels)) {}

  std::vector<MetricFamily> Write(const TargetStatus& status);

  /// All families that it can write. The documentation is tested against them.
  static std::span<const collectors::FamilySpec> families();

 private:
  void WriteCollector(const CollectorStatus& status);

  collectors::SampleSink sink_;
};

}  // namespace hakem::exporter
