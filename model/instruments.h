#pragma once

#include <initializer_list>
#include <span>
#include <string_view>

#include "model/metric_family.h"

namespace hakem {

/// A quantile that a summary shows, such as 0.99, and how far the rank of its value may be off.
struct SummaryQuantile {
  double quantile;
  double error;
};

/// The name, type, help and label names of a metric about Hakem itself. A constant beside the code
/// that updates it.
struct Instrument {
  std::string_view name;
  MetricType type = MetricType::kCounter;  ///< kCounter, kGauge or kSummary.
  std::string_view help;
  std::span<const std::string_view> labels = {};
  std::span<const SummaryQuantile> quantiles = {};  ///< A summary's, ascending.
};

/// Registry of Hakem's own metrics. Thread-safe; calls are cheap, and throw only std::bad_alloc.
class Instruments {
 public:
  using LabelValues = std::initializer_list<std::string_view>;

  virtual ~Instruments() = default;

  /// Adds to a counter or a gauge. `labels`: one value for each label name of the instrument, in
  /// its order. Adding 0 creates the series, so that rate() sees the first event.
  virtual void Add(const Instrument& instrument, LabelValues labels, double amount = 1) = 0;

  /// Sets a gauge.
  virtual void Set(const Instrument& instrument, LabelValues labels, double value) = 0;

  /// Adds values to a summary. Its quantiles are those of the last ten minutes. No values create
  /// the series.
  virtual void Observe(const Instrument& instrument, LabelValues labels,
                       std::span<const double> values) = 0;

  /// Removes a series, because what it is about is gone. Does nothing if there is none.
  virtual void Remove(const Instrument& instrument, LabelValues labels) = 0;
};

}  // namespace hakem
