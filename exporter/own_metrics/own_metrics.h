#pragma once

#include <vector>

#include "config/thresholds.h"
#include "exporter/own_metrics/registry_instruments.h"
#include "model/published.h"
#include "model/time.h"

namespace hakem::exporter {

/// The families on every snapshot that do not come from collectors: Hakem's own metrics, those of
/// its process, and the thresholds. Thread-safe.
class OwnMetrics {
 public:
  /// `labels` are added to the thresholds.
  OwnMetrics(const config::Thresholds& thresholds, const Labels& labels, Timestamp now);

  Instruments& instruments() { return instruments_; }

  /// Records that a configuration was put into force at `now`, with these thresholds.
  void Reloaded(const config::Thresholds& thresholds, const Labels& labels, Timestamp now);

  /// Records that a reload failed.
  void ReloadFailed();

  /// The present values.
  std::vector<MetricFamily> Collect() const;

 private:
  RegistryInstruments instruments_;
  Published<MetricFamily> thresholds_;
};

}  // namespace hakem::exporter
