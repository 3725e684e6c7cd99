#include "collectors/core/histogram.h"

#include <algorithm>
#include <functional>

#include "model/check.h"

namespace hakem::collectors {

Histogram::Histogram(std::vector<double> bounds)
    : bounds_(std::move(bounds)), at_most_(bounds_.size(), 0) {
  HAKEM_CHECK(std::adjacent_find(bounds_.begin(), bounds_.end(), std::greater_equal<>()) ==
              bounds_.end());
}

void Histogram::Observe(double value) {
  for (std::size_t i = bounds_.size(); i > 0 && value <= bounds_[i - 1]; --i) {
    ++at_most_[i - 1];
  }
  ++count_;
  sum_ += value;
}

void Histogram::Add(std::span<const double> at_most, double count, double sum) {
  HAKEM_CHECK(at_most.size() == bounds_.size());
  for (std::size_t i = 0; i < bounds_.size(); ++i) {
    at_most_[i] += at_most[i];
  }
  count_ += count;
  sum_ += sum;
}

}  // namespace hakem::collectors
