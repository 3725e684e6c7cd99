#pragma once

#include <memory>
#include <span>
#include <vector>

#include "model/clock.h"
#include "model/instruments.h"
#include "model/metric_family.h"

namespace hakem::exporter {

/// Keeps all instruments in counters and gauges of prometheus-cpp, and in summaries of our own.
/// Each call takes time in proportion to the logarithm of the number of series of its instrument.
class RegistryInstruments final : public Instruments {
 public:
  /// `clock`: what the last ten minutes of summaries are measured by.
  explicit RegistryInstruments(const Clock& clock = SystemClock());
  RegistryInstruments(const RegistryInstruments&) = delete;
  RegistryInstruments& operator=(const RegistryInstruments&) = delete;
  ~RegistryInstruments() override;

  void Add(const Instrument& instrument, LabelValues labels, double amount = 1) override;
  void Set(const Instrument& instrument, LabelValues labels, double value) override;
  void Observe(const Instrument& instrument, LabelValues labels,
               std::span<const double> values) override;
  void Remove(const Instrument& instrument, LabelValues labels) override;

  /// The present values; families in the order of their first use. Thread-safe.
  std::vector<MetricFamily> Collect() const;

 private:
  struct State;
  const std::unique_ptr<State> state_;
};

}  // namespace hakem::exporter
