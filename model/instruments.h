#pragma once

#include <initializer_list>
#include <span>
#include <string_view>

#include "model/metric_family.h"

namespace hakem {

/// A metric of Hakem itself, as a constant beside the code that counts: name, type, help and the
/// names of its labels.
struct Instrument {
  std::string_view name;
  MetricType type = MetricType::kCounter;  ///< kCounter or kGauge.
  std::string_view help;
  std::span<const std::string_view> labels = {};
};

/// Where Hakem counts what it does. Thread-safe; calls are cheap and never fail.
class Instruments {
 public:
  using LabelValues = std::initializer_list<std::string_view>;

  virtual ~Instruments() = default;

  /// Adds to a counter, or to a gauge. `labels`: one value for each name of the instrument, in its
  /// order. Adding 0 makes the series exist, so that a first event is not missed.
  virtual void Add(const Instrument& instrument, LabelValues labels, double amount = 1) = 0;

  /// Sets a gauge.
  virtual void Set(const Instrument& instrument, LabelValues labels, double value) = 0;
};

}  // namespace hakem
