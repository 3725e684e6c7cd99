#include "exporter/own_metrics/windowed_summary.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>

namespace hakem::exporter {
namespace {

/// The time over which the quantiles are computed, as in Prometheus, and how often the oldest
/// values of it are left out.
constexpr std::chrono::minutes kWindow(10);
constexpr std::chrono::minutes kSpanInterval(2);

}  // namespace

void StreamQuantiles::Add(std::span<const double> sorted) {
  if (!sorted.empty()) {
    Merge(sorted);
    count_ += sorted.size();
    Compress();
  }
}

void StreamQuantiles::Merge(std::span<const double> sorted) {
  std::vector<Kept> merged;
  merged.reserve(kept_.size() + sorted.size());
  auto next = kept_.begin();
  for (const double value : sorted) {
    for (; next != kept_.end() && next->value <= value; ++next) {
      merged.push_back(*next);
    }
    // Its rank is as uncertain as that of the kept value behind it.
    const bool is_exact = merged.empty() || next == kept_.end();
    merged.push_back({value, 1, is_exact ? 0 : next->gap + next->spread - 1});
  }
  merged.insert(merged.end(), next, kept_.end());
  kept_ = std::move(merged);
}

/// Drops each value that the one behind it can stand for. The first and the last one stay.
void StreamQuantiles::Compress() {
  std::vector<Kept> descending{kept_.back()};
  double rank = static_cast<double>(count_ - kept_.back().gap);
  for (auto each = kept_.rbegin() + 1; each != kept_.rend(); ++each) {
    Kept& behind = descending.back();
    const bool is_first = each + 1 == kept_.rend();
    const auto error = static_cast<double>(each->gap + behind.gap + behind.spread);
    if (!is_first && error <= AllowedError(rank)) {
      behind.gap += each->gap;
    } else {
      descending.push_back(*each);
    }
    rank -= static_cast<double>(each->gap);
  }
  kept_.assign(descending.rbegin(), descending.rend());
}

/// Returns by how much the ranks of two neighbours may differ where their rank is about `rank`.
double StreamQuantiles::AllowedError(double rank) const {
  const auto count = static_cast<double>(count_);
  double allowed = count;
  for (const auto& [quantile, error] : quantiles_) {
    allowed =
        std::min(allowed, rank >= quantile * count ? 2 * error * rank / quantile
                                                   : 2 * error * (count - rank) / (1 - quantile));
  }
  return allowed;
}

double StreamQuantiles::Estimate(double quantile) const {
  if (kept_.empty()) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  const double wanted = std::ceil(quantile * static_cast<double>(count_));
  const double furthest = wanted + AllowedError(wanted) / 2;
  double rank = 0;
  double value = kept_.front().value;
  for (const Kept& each : kept_) {
    rank += static_cast<double>(each.gap);
    if (rank + static_cast<double>(each.spread) > furthest) {
      break;
    }
    value = each.value;
  }
  return value;
}

void WindowedSummary::Observe(std::span<const double> values, SteadyTime now) {
  if (spans_.empty() || now - spans_.back().begin >= kSpanInterval) {
    spans_.push_back({now, StreamQuantiles(quantiles_)});
  }
  while (now - spans_.front().begin > kWindow) {
    spans_.pop_front();
  }
  std::vector<double> sorted(values.begin(), values.end());
  std::sort(sorted.begin(), sorted.end());
  for (Span& span : spans_) {
    span.values.Add(sorted);
  }
  for (const double value : values) {
    sum_ += value;
  }
  count_ += values.size();
}

double WindowedSummary::Estimate(double quantile, SteadyTime now) const {
  const auto kept = std::find_if(spans_.begin(), spans_.end(),
                                 [&](const Span& span) { return now - span.begin <= kWindow; });
  return kept == spans_.end() ? std::numeric_limits<double>::quiet_NaN()
                              : kept->values.Estimate(quantile);
}

}  // namespace hakem::exporter
