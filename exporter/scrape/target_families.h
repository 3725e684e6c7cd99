#pragma once

#include <span>
#include <vector>

#include "collectors/core/sample_sink.h"
#include "exporter/scrape/target_state.h"
#include "model/labels.h"
#include "model/metric_family.h"

namespace hakem::exporter {

/// Turns a target's status into `pg_up` and Hakem's metrics about its collection. Keeps the
/// identities of series between rounds. Used by one thread at a time.
class TargetFamilies {
 public:
  /// `constant_labels` are put on every series (`server`).
  explicit TargetFamilies(Labels constant_labels) : sink_(std::move(constant_labels)) {}

  std::vector<MetricFamily> Write(const TargetStatus& status);

  /// Everything it can write, for the documentation.
  static std::span<const collectors::FamilySpec> families();

 private:
  void WriteCollector(const CollectorStatus& status);

  collectors::SampleSink sink_;
};

}  // namespace hakem::exporter
