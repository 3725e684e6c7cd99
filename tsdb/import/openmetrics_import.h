#pragma once

#include <cstdint>
#include <istream>
#include <string_view>
#include <vector>

#include "model/result.h"
#include "tsdb/import/openmetrics_reader.h"
#include "tsdb/store/store.h"

namespace hakem::tsdb {

struct Imported {
  std::uint64_t samples = 0;  ///< Those that the store had not.
  std::uint64_t dropped = 0;  ///< Those that were not newer than the one before in their series.
  std::vector<MetricDescription> descriptions;
};

/// Puts an OpenMetrics text into a store; `name` begins its errors. A series' samples that are not
/// later than what the store had of it before are passed over, so that the same text can be put in
/// again.
/// A sample that repeats the time of the one before it in its series, or is older within the same
/// two hours, is dropped and counted, as promtool drops it.
/// Errors: those of ReadOpenMetrics; kInvalidInput also for a sample of earlier two hours than the
/// one before it in its series. What stood before the error is in the store then.
Result<Imported> ImportOpenMetrics(std::istream& text, std::string_view name, Store& store);

}  // namespace hakem::tsdb
