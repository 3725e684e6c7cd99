#include "tsdb/series/queryable.h"

#include <utility>

namespace hakem::tsdb {

void Queryable::ForEach(std::span<const Matcher> matchers, Timestamp after, Timestamp until,
                        const Visit& visit) const {
  for (SelectedSeries& selected : Select(matchers, after, until)) {
    visit(selected.series, selected.points);
  }
}

std::vector<NewestPoint> Queryable::SelectNewest(std::span<const Matcher> matchers, Timestamp after,
                                                 Timestamp until) const {
  std::vector<NewestPoint> newest;
  for (SelectedSeries& selected : Select(matchers, after, until)) {
    newest.push_back({std::move(selected.series), selected.points.back()});
  }
  return newest;
}

}  // namespace hakem::tsdb
