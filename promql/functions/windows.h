#pragma once

#include <cstddef>
#include <span>

#include "promql/evaluation/step_value.h"
#include "promql/functions/function_call.h"

namespace hakem::promql {

/// What a range function sees of a series at one step: points [begin, end) of all it has. With a
/// reach they go beyond the range.
struct Window {
  std::span<const tsdb::Point> all;
  std::size_t begin = 0;
  std::size_t end = 0;
  Timestamp range_start{};  ///< Not included.
  Timestamp range_end{};
  std::size_t step = 0;

  std::span<const tsdb::Point> points() const { return all.subspan(begin, end - begin); }

  std::size_t size() const { return end - begin; }

  const tsdb::Point& first() const { return all[begin]; }

  const tsdb::Point& last() const { return all[end - 1]; }
};

/// Slides a window over each series' points, those that its reach takes among them; `make(series)`
/// gives what is called with each window that is not empty, and returns a value or kGap. Each point
/// enters and leaves the window once.
template <typename Make>
StepVector OverWindows(const RangeVector& range, Make make) {
  StepVector result;
  result.reserve(range.series.size());
  for (const RangeSeries& series : range.series) {
    auto calculate = make(series);
    StepSeries values{series.labels, series.drop_name,
                      std::vector<double>(range.ends.size(), kGap)};
    Window window{series.points};
    for (std::size_t step = 0; step < range.ends.size(); ++step) {
      window.range_end = range.ends[step];
      window.range_start = range.ends[step] - range.range;
      window.step = step;
      while (window.end < series.points.size() &&
             series.points[window.end].time <= window.range_end + range.after) {
        ++window.end;
      }
      while (window.begin < window.end &&
             window.first().time <= window.range_start - range.before) {
        ++window.begin;
      }
      if (window.size() > 0) {
        values.values[step] = calculate(window);
      }
    }
    result.push_back(std::move(values));
  }
  return result;
}

}  // namespace hakem::promql
