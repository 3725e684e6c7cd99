#include "collectors/game/counting/window.h"

#include "model/check.h"

namespace hakem::collectors {

void IntervalWindow::Add(const Interval& interval) {
  if (interval.from >= interval.to) {
    return;
  }
  if (!intervals_.empty() && intervals_.back().to != interval.from) {
    Clear();
  }
  if (!intervals_.empty() && interval.to - intervals_.back().from <= grain_) {
    intervals_.back().to = interval.to;
    intervals_.back().count += interval.count;
    intervals_.back().total += interval.total;
  } else {
    intervals_.push_back(interval);
  }
  count_ += interval.count;
  total_ += interval.total;
  while (interval.to - intervals_.front().to >= length_) {
    count_ -= intervals_.front().count;
    total_ -= intervals_.front().total;
    intervals_.pop_front();
  }
}

void IntervalWindow::Clear() {
  intervals_.clear();
  count_ = 0;
  total_ = {};
}

std::optional<Interval> IntervalWindow::Covered() const {
  if (intervals_.empty() || intervals_.back().to - intervals_.front().from < length_) {
    return std::nullopt;
  }
  return Interval{intervals_.front().from, intervals_.back().to, count_, total_};
}

double Rate(const Interval& interval, Duration per) {
  HAKEM_CHECK(interval.from < interval.to);
  return static_cast<double>(interval.count) * ToSeconds(per) /
         ToSeconds(interval.to - interval.from);
}

}  // namespace hakem::collectors
