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

/// Returns the word of a TYPE line in the text format 0.0.4: "counter", "gauge", "histogram",
/// "summary", "untyped".
std::string_view ToString(MetricType type);

/// The identity of a series: its labels, including the metric name. Made once and shared between
/// collections and threads.
struct Series {
  Labels labels;

  explicit Series(Labels series_labels) : labels(std::move(series_labels)) {}
};

using SeriesRef = std::shared_ptr<const Series>;

/// One value of a series. Its time is that of the snapshot.
struct Sample {
  SeriesRef series;
  double value = 0;
};

/// A list of samples. Copies share it until one is changed.
class Samples {
 public:
  using value_type = Sample;
  using const_iterator = const Sample*;

  Samples() = default;

  // Implicit, because families are often written as lists.
  Samples(std::vector<Sample> samples);  // NOLINT(google-explicit-constructor)

  Samples(std::initializer_list<Sample> samples) : Samples(std::vector<Sample>(samples)) {}

  const_iterator begin() const { return samples_ == nullptr ? nullptr : samples_->data(); }

  const_iterator end() const { return begin() + size(); }

  std::size_t size() const { return samples_ == nullptr ? 0 : samples_->size(); }

  bool empty() const { return size() == 0; }

  /// Requires: index < size().
  const Sample& operator[](std::size_t index) const { return begin()[index]; }

  /// Does the same, but throws std::out_of_range for an index that is too large.
  const Sample& at(std::size_t index) const { return samples_->at(index); }

  const Sample& front() const { return *begin(); }

  /// Appends a sample; copies are not changed.
  void push_back(Sample sample);

  /// Whether both share one list, not only equal samples. False for empty lists.
  bool Shares(const Samples& other) const {
    return samples_ != nullptr && samples_ == other.samples_;
  }

 private:
  std::shared_ptr<std::vector<Sample>> samples_;  ///< Null when there are none.
};

/// All samples of one metric name with its metadata. The samples of a histogram are its `_bucket`,
/// `_sum` and `_count` series, in the order in which they are printed.
struct MetricFamily {
  std::string name;
  MetricType type = MetricType::kGauge;
  std::string help;
  Samples samples;
};

}  // namespace hakem
