#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <vector>

#include "model/labels.h"
#include "tsdb/store/store.h"

namespace hakem {

/// Returns the series of a store as `name{…} 0:1 5:2 10:stale`: seconds after `start` and values.
/// Leaves out those that do not begin with `prefix`.
inline std::vector<std::string> HistoryOf(const tsdb::Store& store, Timestamp start,
                                          std::string_view prefix = "") {
  std::vector<std::string> texts;
  for (const tsdb::SelectedSeries& series : store.Select({}, Timestamp::min(), Timestamp::max())) {
    std::string text = FormatSeries(series.series->labels);
    if (!text.starts_with(prefix)) {
      continue;
    }
    for (const tsdb::Point& point : series.points) {
      const double second = ToSeconds(point.time - start);
      text += tsdb::IsStaleMarker(point.value) ? fmt::format(" {}:stale", second)
                                               : fmt::format(" {}:{}", second, point.value);
    }
    texts.push_back(std::move(text));
  }
  return texts;
}

}  // namespace hakem
