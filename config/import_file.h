#pragma once

#include <string>

#include "model/result.h"
#include "tsdb/import/openmetrics_import.h"

namespace hakem::config {

/// Returns the options of a store that drops no sample, however old it is.
tsdb::StoreOptions KeepEverything();

/// Appends the samples of an OpenMetrics file to the store. Errors: kInvalidInput with the path,
/// also if the file cannot be read.
Result<tsdb::Imported> ImportFile(const std::string& path, tsdb::Store& store);

}  // namespace hakem::config
