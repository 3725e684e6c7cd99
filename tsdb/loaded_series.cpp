#include "tsdb/loaded_series.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>
#include <utility>

namespace hakem::tsdb {

Result<LoadedSeries> LoadedSeries::Read(std::istream& text, std::string_view name) {
  LoadedSeries loaded;
  std::unordered_map<Labels, std::size_t, LabelsHash> index;
  const OnSample add = [&](const SeriesRef& series, Timestamp time, double value) -> Result<void> {
    const auto [entry, is_new] = index.try_emplace(series->labels, loaded.series_.size());
    if (is_new) {
      loaded.series_.push_back({series, {}});
    }
    std::vector<Point>& points = loaded.series_[entry->second].points;
    if (!points.empty() && time <= points.back().time) {
      return Fail(ErrorCode::kInvalidInput,
                  fmt::format("out of order: {} has a sample at {} or later already", series->text,
                              FormatRfc3339(time)));
    }
    points.push_back({time, value});
    return {};
  };
  Result<std::vector<MetricDescription>> descriptions = ReadOpenMetrics(text, name, add);
  if (!descriptions) {
    return Fail(descriptions.error());
  }
  loaded.descriptions_ = *std::move(descriptions);
  std::sort(loaded.series_.begin(), loaded.series_.end(),
            [](const SelectedSeries& a, const SelectedSeries& b) {
              return a.series->labels < b.series->labels;
            });
  return loaded;
}

std::optional<Timestamp> LoadedSeries::newest() const {
  std::optional<Timestamp> newest;
  for (const SelectedSeries& series : series_) {
    newest = std::max(newest, std::optional(series.points.back().time));
  }
  return newest;
}

std::vector<SelectedSeries> LoadedSeries::Select(std::span<const Matcher> matchers, Timestamp after,
                                                 Timestamp until) const {
  const auto is_later = [](Timestamp time, const Point& point) { return time < point.time; };
  std::vector<SelectedSeries> selected;
  for (const SelectedSeries& series : series_) {
    if (!std::all_of(matchers.begin(), matchers.end(),
                     [&](const Matcher& m) { return m.Matches(series.series->labels); })) {
      continue;
    }
    const std::vector<Point>& points = series.points;
    const auto begin = std::upper_bound(points.begin(), points.end(), after, is_later);
    const auto end = std::upper_bound(begin, points.end(), until, is_later);
    if (begin != end) {
      selected.push_back({series.series, {begin, end}});
    }
  }
  return selected;
}

}  // namespace hakem::tsdb
