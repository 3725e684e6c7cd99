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

/// promtool writes a text into blocks of this length, and within one block drops a sample that is
/// not newer than the one before it.
using Blocks = std::chrono::duration<std::int64_t, std::ratio<2 * 3600>>;

bool AreInOneBlock(Timestamp a, Timestamp b) {
  return std::chrono::floor<Blocks>(a) == std::chrono::floor<Blocks>(b);
}

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
