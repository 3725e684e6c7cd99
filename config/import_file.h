#pragma once

#include <string>

#include "model/result.h"
#include "tsdb/import/openmetrics_import.h"

namespace hakem::exporter {

/// A store that keeps whatever it is given.
tsdb::StoreOptions KeepEverything();

/// Puts an OpenMetrics file into the store. Errors: kInvalidInput with the path, also when it
/// cannot be read.
Result<tsdb::Imported> ImportFile(const std::string& path, tsdb::Store& store);

}  // namespace hakem::exporter
