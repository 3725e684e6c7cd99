#include "ruletools/unit_test/input_history.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>

namespace hakem::ruletools {
namespace {

/// All values of a test take at most 240 MB. A few bytes may stand for many: `0x1000000`.
constexpr std::size_t kMostValues = 10'000'000;

Result<promql::SeriesText> ParseInput(const InputSeries& input) {
  const std::size_t end = input.values.find_last_not_of(" \t\r\n");
  const std::string values = end == input.values.npos ? "" : input.values.substr(0, end + 1);
  Result<promql::SeriesText> series = promql::ParseSeries(input.series + " " + values);
  if (!series) {
    return Fail(ErrorCode::kInvalidInput,
                fmt::format("{}: {}", input.place, series.error().message));
  }
  const bool has_histogram =
      std::any_of(series->items.begin(), series->items.end(),
                  [](const promql::SeriesItem& item) { return item.is_histogram; });
  if (has_histogram) {
    return Fail(ErrorCode::kInvalidInput,
                fmt::format("{}: native histograms are not supported", input.place));
  }
  return series;
}

}  // namespace

Result<InputHistory> InputHistory::Parse(const RuleTest& test) {
  InputHistory history(test.start, test.interval);
  std::size_t values = 0;
  for (const InputSeries& input : test.input) {
    Result<promql::SeriesText> series = ParseInput(input);
    if (!series) {
      return Fail(series.error());
    }
    values += series->items.size();
    if (values > kMostValues) {
      return Fail(ErrorCode::kInvalidInput,
                  fmt::format("{}: the series up to here have more than {} values", input.place,
                              kMostValues));
    }
    history.count_ = std::max(history.count_, series->items.size());
    history.series_.insert_or_assign(std::move(series->labels), std::move(series->items));
  }
  for (const auto& [labels, items] : history.series_) {
    history.refs_.push_back(std::make_shared<const Series>(labels));
  }
  return history;
}

void InputHistory::AppendUntil(tsdb::Store& store, Timestamp time) {
  const auto steps =
      static_cast<std::size_t>(std::max<Duration::rep>(0, (time - start_) / interval_));
  while (next_ < count_ && next_ <= steps) {
    AppendNext(store);
  }
}

void InputHistory::AppendNext(tsdb::Store& store) {
  std::vector<Sample> samples;
  auto ref = refs_.begin();
  for (const auto& [labels, items] : series_) {
    if (next_ < items.size() && items[next_].value) {
      samples.push_back({*ref, *items[next_].value});
    }
    ++ref;
  }
  store.Append(start_ + static_cast<Duration::rep>(next_) * interval_, samples);
  ++next_;
}

}  // namespace hakem::ruletools
