#pragma once

#include <cstdint>
#include <istream>
#include <string_view>
#include <vector>

#include "model/result.h"
#include "tsdb/import/openmetrics_reader.h"
#include "tsdb/store/store.h"

namespace hakem::tsdb {

/// The result of an import.
struct Imported {
  std::uint64_t samples = 0;  ///< How many were added.
  std::uint64_t dropped =
      0;  ///< How many were not newer than their series' previous sample in the text.
  std::vector<MetricDescription> descriptions;
};

/// Imports an OpenMetrics text into a store; error messages begin with `name`. Idempotent: samples
/// that are not newer than what the store had of their series are skipped, so that a text can be
/// imported twice. A sample that is not newer than its series' previous sample in the text is
/// dropped and counted, as promtool does, if both lie in the same block of two hours.
/// Errors: those of ReadOpenMetrics; kInvalidInput for a sample of an earlier block than the
/// previous one. The samples before the error have been imported then.
Result<Imported> ImportOpenMetrics(std::istream& text, std::string_view name, Store& store);

}  // namespace hakem::tsdb
