#include "exporter/config/import_file.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <limits>

namespace hakem::exporter {

tsdb::StoreOptions KeepEverything() {
  return {.retention = std::chrono::years(200),
          .max_bytes = std::numeric_limits<std::uint64_t>::max()};
}

Result<tsdb::Imported> ImportFile(const std::string& path, tsdb::Store& store) {
  std::ifstream file(path);
  if (!file) {
    return Fail(ErrorCode::kInvalidInput,
                fmt::format("cannot read {}: {}", path, std::strerror(errno)));
  }
  return tsdb::ImportOpenMetrics(file, path, store);
}

}  // namespace hakem::exporter
