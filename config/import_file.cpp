#include "config/import_file.h"

#include <istream>
#include <limits>
#include <utility>

#include "model/read_file.h"

namespace hakem::config {

tsdb::StoreOptions KeepEverything() {
  return {.retention = std::chrono::years(200),
          .max_bytes = std::numeric_limits<std::uint64_t>::max()};
}

Result<tsdb::Imported> ImportFile(const std::string& path, tsdb::Store& store) {
  const auto file = FileReader::Open(path);
  if (!file) {
    return Fail(file.error());
  }
  std::istream text(file->get());
  Result<tsdb::Imported> imported = tsdb::ImportOpenMetrics(text, path, store);
  return (*file)->error() ? std::move(imported) : Fail((*file)->error().error());
}

}  // namespace hakem::config
