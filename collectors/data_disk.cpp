#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <string>
#include <system_error>

#include "collectors/core/collector.h"
#include "model/read_file.h"

namespace hakem::collectors {
namespace {

constexpr FamilySpec kSize{
    .name = "pg_data_disk_size_bytes",
    .type = MetricType::kGauge,
    .help =
        "Size of the file system that has the data directory; absent if the server runs on "
        "another machine or in a container, or if Hakem cannot reach the directory."};
constexpr FamilySpec kFree{.name = "pg_data_disk_free_bytes",
                           .type = MetricType::kGauge,
                           .help = "Bytes of that file system that the server can still use."};

constexpr FamilySpec kFamilies[] = {kSize, kFree};

// Only a member of pg_read_all_settings sees the data directory; another role gets no row.
constexpr std::string_view kSql = R"(
SELECT pg_backend_pid() AS pid, setting AS directory
FROM pg_settings
WHERE name = 'data_directory')";

/// Whether the process that serves our connection is one of this machine. Behind a tunnel, or in a
/// container with processes of its own, it is not, and the directory may be another one.
bool IsProcessOfThisMachine(std::string_view pid) {
  return ReadFile(fmt::format("/proc/{}/comm", pid), FileKind::kSystem).value_or("") ==
         "postgres\n";
}

class DataDiskCollector final : public Collector {
 public:
  Result<void> Collect(const CollectorContext& context, SampleSink& sink) override {
    const auto rows = context.session.Query(kSql);
    if (!rows) {
      return Fail(rows.error());
    }
    if (rows->empty() || !IsProcessOfThisMachine(rows->Text(0, 0).value_or(""))) {
      return {};
    }
    std::error_code error;
    const std::filesystem::space_info space =
        std::filesystem::space(std::string(rows->Text(0, 1).value_or("")), error);
    if (error) {
      return {};
    }
    sink.Write(kSize, {}, static_cast<double>(space.capacity));
    sink.Write(kFree, {}, static_cast<double>(space.available));
    return {};
  }
};

}  // namespace

extern const CollectorSpec data_disk;
constinit const CollectorSpec data_disk{
    .name = "data_disk",
    .help = "Size and free space of the disk that has the data directory.",
    .enabled_by_default = true,
    .lane = Lane::kSlow,
    .families = kFamilies,
    .make = [](const CollectorOptions&) -> std::unique_ptr<Collector> {
      return std::make_unique<DataDiskCollector>();
    }};

}  // namespace hakem::collectors
