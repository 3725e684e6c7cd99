#pragma once

#include <vector>

#include "config/thresholds.h"
#include "exporter/own_metrics/registry_instruments.h"
#include "model/published.h"
#include "model/time.h"

namespace hakem::exporter {

/// The families that are on every snapshot besides the collected ones: what Hakem counts, its
/// process, and the thresholds. Thread-safe.
class OwnMetrics {
 public:
  /// `labels` are put on the thresholds (`server`).
  OwnMetrics(const Thresholds& thresholds, const Labels& labels, Timestamp now);

  Instruments& instruments() { return instruments_; }

  /// Tells that the configuration was read again at `now`, and the thresholds it sets.
  void Reloaded(const Thresholds& thresholds, const Labels& labels, Timestamp now);

  /// Tells that it was read again and is wrong.
  void ReloadFailed();

  std::vector<MetricFamily> Collect() const;

 private:
  RegistryInstruments instruments_;
  Published<MetricFamily> thresholds_;
};

}  // namespace hakem::exporter
