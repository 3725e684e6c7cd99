#include "ruletools/history/overlay.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace hakem::ruletools {

Overlay::Overlay(const tsdb::Queryable& past, const tsdb::Queryable& written,
                 std::set<std::string, std::less<>> replaced)
    : past_(past), written_(written), replaced_(std::move(replaced)) {}

std::vector<tsdb::SelectedSeries> Overlay::Select(std::span<const Matcher> matchers,
                                                  Timestamp after, Timestamp until) const {
  std::vector<tsdb::SelectedSeries> selected = past_.Select(matchers, after, until);
  std::erase_if(selected, [this](const tsdb::SelectedSeries& each) {
    return replaced_.contains(each.series->labels.metric_name());
  });
  std::vector<tsdb::SelectedSeries> written = written_.Select(matchers, after, until);
  if (written.empty()) {
    return selected;
  }
  // A series that rules write under the labels of one of the past replaces it.
  std::vector<tsdb::SelectedSeries> all;
  std::set_union(std::make_move_iterator(written.begin()), std::make_move_iterator(written.end()),
                 std::make_move_iterator(selected.begin()), std::make_move_iterator(selected.end()),
                 std::back_inserter(all),
                 [](const tsdb::SelectedSeries& one, const tsdb::SelectedSeries& other) {
                   return one.series->labels < other.series->labels;
                 });
  return all;
}

}  // namespace hakem::ruletools
