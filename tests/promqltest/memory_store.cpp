#include "tests/promqltest/memory_store.h"

#include <algorithm>
#include <memory>
#include <string>

namespace hakem::promqltest {
namespace {

bool MatchesAll(std::span<const Matcher> matchers, const Labels& labels) {
  return std::all_of(matchers.begin(), matchers.end(),
                     [&](const Matcher& matcher) { return matcher.Matches(labels); });
}

/// The native histogram that Prometheus would build from a bucket series: `x` of `x_bucket{le=…}`.
Labels NativeLabels(const Labels& bucket) {
  constexpr std::string_view kSuffix = "_bucket";
  const std::string_view name = bucket.metric_name();
  return bucket.With("le", "").With(kMetricNameLabel, name.substr(0, name.size() - kSuffix.size()));
}

}  // namespace

void MemoryStore::Clear() {
  series_.clear();
  histograms_.clear();
}

void MemoryStore::Add(const Load& load) {
  for (const SeriesText& text : load.series) {
    if (load.with_native_histograms && text.labels.metric_name().ends_with("_bucket")) {
      histograms_.insert(NativeLabels(text.labels));
    }
    Timestamp time{};
    for (const SeriesItem& item : text.items) {
      if (item.is_histogram) {
        histograms_.insert(text.labels);
      } else if (item.value) {
        Stored& stored = series_[text.labels];
        stored.points[time] = *item.value;
        if (!stored.series) {
          stored.series = std::make_shared<Series>(text.labels);
        }
      }
      time += load.interval;
    }
  }
}

std::vector<tsdb::SelectedSeries> MemoryStore::Select(std::span<const Matcher> matchers,
                                                      Timestamp after, Timestamp until) const {
  std::vector<tsdb::SelectedSeries> selected;
  for (const auto& [labels, stored] : series_) {
    if (!MatchesAll(matchers, labels)) {
      continue;
    }
    tsdb::SelectedSeries series{stored.series, {}};
    for (auto point = stored.points.upper_bound(after);
         point != stored.points.end() && point->first <= until; ++point) {
      series.points.push_back({point->first, point->second});
    }
    if (!series.points.empty()) {
      selected.push_back(std::move(series));
    }
  }
  return selected;
}

bool MemoryStore::HasNativeHistogram(std::span<const Matcher> matchers) const {
  return std::any_of(histograms_.begin(), histograms_.end(),
                     [&](const Labels& labels) { return MatchesAll(matchers, labels); });
}

}  // namespace hakem::promqltest
