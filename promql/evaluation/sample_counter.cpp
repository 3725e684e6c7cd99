#include "promql/evaluation/sample_counter.h"

#include <algorithm>
#include <numeric>

#include "promql/functions/windows.h"

namespace hakem::promql {

void SampleCounter::AddFound(const StepVector& found) {
  for (const StepSeries& series : found) {
    for (std::size_t step = 0; step < per_step_.size(); ++step) {
      per_step_[step] += IsGap(series.values[step]) ? 0U : 1U;
    }
  }
}

void SampleCounter::AddWindows(const RangeVector& range) {
  if (per_step_.empty()) {
    return;
  }
  for (const RangeSeries& series : range.series) {
    SlideWindow(range, series,
                [&](const Window& window) { per_step_[window.step] += window.size(); });
  }
}

void SampleCounter::AddAtEachStep(const SampleCounter& other) {
  for (std::uint64_t& samples : per_step_) {
    samples += other.Total();
  }
}

void SampleCounter::AddAtLastStep(const SampleCounter& other) {
  if (!per_step_.empty()) {
    per_step_.back() += other.Total();
  }
}

std::uint64_t SampleCounter::Total() const {
  return std::accumulate(per_step_.begin(), per_step_.end(), std::uint64_t{0});
}

std::size_t CountPoints(const RangeVector& range) {
  std::size_t points = 0;
  for (const RangeSeries& series : range.series) {
    points += series.points.size();
  }
  return points;
}

std::size_t CountLastWindow(const RangeVector& range) {
  const auto longest = std::max_element(
      range.series.begin(), range.series.end(),
      [](const RangeSeries& a, const RangeSeries& b) { return a.points.size() < b.points.size(); });
  if (longest == range.series.end()) {
    return 0;
  }
  const Timestamp start = range.ends.back() - range.range - range.before;
  const auto first =
      std::upper_bound(longest->points.begin(), longest->points.end(), start,
                       [](Timestamp time, const tsdb::Point& point) { return time < point.time; });
  return static_cast<std::size_t>(longest->points.end() - first);
}

}  // namespace hakem::promql
