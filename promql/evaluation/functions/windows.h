#pragma once

#include <algorithm>
#include <cstddef>
#include <span>

#include "promql/evaluation/functions/function_call.h"
#include "promql/evaluation/step_value.h"

namespace hakem::promql {

/// The points [begin, end) of a series that a range function reads at one step. With a range
/// modifier they extend beyond the range.
struct Window {
  std::span<const tsdb::Point> all;
  std::size_t begin = 0;
  std::size_t end = 0;
  Timestamp range_start{};  ///< Exclusive.
  Timestamp range_end{};
  std::size_t step = 0;

  std::span<const tsdb::Point> points() const { return all.subspan(begin, end - begin); }

  std::size_t size() const { return end - begin; }

  const tsdb::Point& first() const { return all[begin]; }

  const tsdb::Point& last() const { return all[end - 1]; }
};

/// Slides a window over a series' points, including those that a range modifier adds, and calls
/// `visit(window)` for each step whose window is not empty. Takes time linear in points and steps.
/// Returns the last window.
template <typename Visit>
Window SlideWindow(const RangeVector& range, const RangeSeries& series, Visit visit) {
  Window window{series.points};
  for (std::size_t step = 0; step < range.ends.size(); ++step) {
    window.range_end = range.ends[step];
    window.range_start = range.ends[step] - range.range;
    window.step = step;
    while (window.end < series.points.size() &&
           series.points[window.end].time <= window.range_end + range.after) {
      ++window.end;
    }
    while (window.begin < window.end && window.first().time <= window.range_start - range.before) {
      ++window.begin;
    }
    if (window.size() > 0) {
      visit(static_cast<const Window&>(window));
    }
  }
  return window;
}

/// Computes a call's values at all steps. `make(series)` returns a function that is called with
/// each window that is not empty and returns a value or kGap.
template <typename Make>
StepVector OverWindows(FunctionCall& call, const RangeVector& range, Make make) {
  StepVector result;
  SampleCounter& samples = call.evaluator().samples();
  std::size_t held = 0;  // The largest size of a series' last window.
  range.for_each([&](const RangeSeries& series) {
    auto calculate = make(series);
    StepSeries values{series.labels, series.drop_name, StepRow(range.ends.size(), kGap)};
    const Window last = SlideWindow(range, series, [&](const Window& window) {
      values.values[window.step] = calculate(window);
      samples.AddAtStep(window.step, window.size());
    });
    held = std::max(held, last.size());
    result.push_back(std::move(values));
  });
  call.evaluator().context().Hold(held);
  return result;
}

}  // namespace hakem::promql
