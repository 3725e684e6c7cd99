#pragma once

#include <cstddef>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/labels.h"

namespace hakem {

enum class MetricType { kCounter, kGauge, kHistogram, kSummary, kUntyped };

/// "counter", "gauge", "histogram", "summary", "untyped": the word of a TYPE line (text 0.0.4).
std::string_view ToString(MetricType type);

/// A series' identity, made once and shared between rounds and threads: its labels with the metric
/// name among them.
struct Series {
  Labels labels;

  explicit Series(Labels series_labels) : labels(std::move(series_labels)) {}
};

using SeriesRef = std::shared_ptr<const Series>;

/// One value of a series; its time is the snapshot's.
struct Sample {
  SeriesRef series;
  double value = 0;
};

/// Samples in their order. Copies share them until one is changed.
class Samples {
 public:
  using value_type = Sample;
  using const_iterator = const Sample*;

  Samples() = default;

  // Implicit: a family is often told as a list.
  Samples(std::vector<Sample> samples);  // NOLINT(google-explicit-constructor)

  Samples(std::initializer_list<Sample> samples) : Samples(std::vector<Sample>(samples)) {}

  const_iterator begin() const { return samples_ == nullptr ? nullptr : samples_->data(); }

  const_iterator end() const { return begin() + size(); }

  std::size_t size() const { return samples_ == nullptr ? 0 : samples_->size(); }

  bool empty() const { return size() == 0; }

  /// Requires: there are so many.
  const Sample& operator[](std::size_t index) const { return begin()[index]; }

  /// As the subscript, but checked: it throws std::out_of_range.
  const Sample& at(std::size_t index) const { return samples_->at(index); }

  const Sample& front() const { return *begin(); }

  /// Other copies stay as they are.
  void push_back(Sample sample);

  /// Whether these are the same ones, not only equal ones; what is empty has nothing to share.
  bool Shares(const Samples& other) const {
    return samples_ != nullptr && samples_ == other.samples_;
  }

 private:
  std::shared_ptr<std::vector<Sample>> samples_;  ///< Null: none.
};

/// All samples under one name, with what a metrics page says of them. In a histogram family the
/// samples are the `_bucket`, `_sum` and `_count` series, in the order in which they are printed.
struct MetricFamily {
  std::string name;
  MetricType type = MetricType::kGauge;
  std::string help;
  Samples samples;
};

}  // namespace hakem
