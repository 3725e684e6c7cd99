#include "tsdb/openmetrics_import.h"

#include <fmt/format.h>

#include <memory>
#include <unordered_map>
#include <utility>

namespace hakem::tsdb {
namespace {

/// A series of the text.
struct Destination {
  std::shared_ptr<StoredSeries> stored;
  Timestamp had_until;                ///< What the store had before.
  Timestamp last = Timestamp::min();  ///< In the text.
};

}  // namespace

Result<Imported> ImportOpenMetrics(std::istream& text, std::string_view name, Store& store) {
  Imported imported;
  Store::Round round(store);
  std::unordered_map<const Series*, Destination> destinations;
  const OnSample append = [&](const SeriesRef& series, Timestamp time,
                              double value) -> Result<void> {
    const auto [entry, is_new] = destinations.try_emplace(series.get());
    Destination& destination = entry->second;
    if (is_new) {
      destination.stored = round.Find(series->labels);
      destination.had_until = destination.stored->last_time();
    }
    if (time <= destination.last) {
      return Fail(ErrorCode::kInvalidInput,
                  fmt::format("out of order: {} has a sample at {} or later already",
                              FormatSeries(series->labels), FormatRfc3339(time)));
    }
    destination.last = time;
    if (time > destination.had_until) {
      round.Append(*destination.stored, time, value);
      ++imported.samples;
    }
    return {};
  };
  Result<std::vector<MetricDescription>> descriptions = ReadOpenMetrics(text, name, append);
  if (!descriptions) {
    return Fail(descriptions.error());
  }
  imported.descriptions = *std::move(descriptions);
  return imported;
}

}  // namespace hakem::tsdb
