#include "tsdb/import/openmetrics_import.h"

#include <fmt/format.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <ratio>
#include <unordered_map>
#include <utility>

namespace hakem::tsdb {
namespace {

/// promtool writes blocks of this length. Within one block it drops a sample that is not newer than
/// the series' previous one.
using Blocks = std::chrono::duration<std::int64_t, std::ratio<7200>>;

bool AreInOneBlock(Timestamp a, Timestamp b) {
  return std::chrono::floor<Blocks>(a) == std::chrono::floor<Blocks>(b);
}

/// A series of the text and its counterpart in the store.
struct Destination {
  std::shared_ptr<StoredSeries> stored;
  Timestamp had_until;                ///< The store's last sample before the import.
  Timestamp last = Timestamp::min();  ///< The last sample in the text so far.
};

}  // namespace

Result<Imported> ImportOpenMetrics(std::istream& text, std::string_view name, Store& store) {
  Imported imported;
  Store::AppendBatch batch(store);
  std::unordered_map<const Series*, Destination> destinations;
  const OnSample append = [&](const SeriesRef& series, Timestamp time,
                              double value) -> Result<void> {
    const auto [entry, is_new] = destinations.try_emplace(series.get());
    Destination& destination = entry->second;
    if (is_new) {
      destination.stored = batch.FindOrAdd(series->labels);
      destination.had_until = destination.stored->last_time();
    }
    if (time <= destination.last) {
      if (AreInOneBlock(time, destination.last)) {
        ++imported.dropped;
        return {};
      }
      return Fail(ErrorCode::kInvalidInput,
                  fmt::format("out of order: {} has a sample at {} already, long after {}",
                              FormatSeries(series->labels), FormatRfc3339(destination.last),
                              FormatRfc3339(time)));
    }
    destination.last = time;
    if (time > destination.had_until) {
      batch.Append(*destination.stored, time, value);
      ++imported.samples;
    }
    return {};
  };
  Result<std::vector<MetricDescription>> descriptions = ReadOpenMetrics(text, name, append);
  batch.Commit();
  if (!descriptions) {
    return Fail(descriptions.error());
  }
  imported.descriptions = *std::move(descriptions);
  return imported;
}

}  // namespace hakem::tsdb
