#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <span>
#include <utility>

namespace hakem::promql {

/// The values of one series at all steps. A single value is stored inline: instant queries have
/// thousands of such rows.
class StepRow {  // NOLINT(cppcoreguidelines-special-member-functions): one assignment for both.
 public:
  StepRow() = default;

  explicit StepRow(std::size_t steps, double value = 0) : size_(steps), one_(value) {
    if (steps > 1) {
      many_ = std::make_unique_for_overwrite<double[]>(steps);
      std::fill_n(many_.get(), steps, value);
    }
  }

  explicit StepRow(std::span<const double> values) : StepRow(values.size()) {
    std::copy(values.begin(), values.end(), begin());
  }

  StepRow(const StepRow& other) : StepRow(std::span(other.begin(), other.size())) {}

  StepRow(StepRow&& other) noexcept
      : size_(std::exchange(other.size_, 0)), one_(other.one_), many_(std::move(other.many_)) {}

  StepRow& operator=(StepRow other) noexcept {
    std::swap(size_, other.size_);
    std::swap(one_, other.one_);
    std::swap(many_, other.many_);
    return *this;
  }

  ~StepRow() = default;

  std::size_t size() const { return size_; }

  double* begin() { return many_ == nullptr ? &one_ : many_.get(); }

  double* end() { return begin() + size_; }

  const double* begin() const { return many_ == nullptr ? &one_ : many_.get(); }

  const double* end() const { return begin() + size_; }

  double& operator[](std::size_t step) { return begin()[step]; }

  double operator[](std::size_t step) const { return begin()[step]; }

  /// Requires: not empty.
  double front() const { return *begin(); }

 private:
  std::size_t size_ = 0;
  double one_ = 0;
  std::unique_ptr<double[]> many_;  ///< Null when there is at most one value.
};

}  // namespace hakem::promql
