#include "exporter/own_metrics/process_metrics.h"

#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <optional>
#include <sstream>
#include <string>

#include "model/read_file.h"

namespace hakem::exporter {
namespace {

/// The fields of /proc/self/stat that are used, as proc(5) numbers them.
struct ProcessStat {
  double cpu_seconds = 0;       ///< 14 utime and 15 stime, in clock ticks.
  double start_after_boot = 0;  ///< 22 starttime, in clock ticks; here in seconds.
  double virtual_bytes = 0;     ///< 23 vsize.
  double resident_bytes = 0;    ///< 24 rss, in pages.
};

std::optional<ProcessStat> ReadStat() {
  const std::string line = ReadFile("/proc/self/stat", FileKind::kSystem).value_or("");
  const std::size_t name_end = line.rfind(')');  // Field 2, the name, may contain any characters.
  if (name_end == std::string::npos) {
    return std::nullopt;
  }
  std::istringstream fields(line.substr(name_end + 1));
  fields.imbue(std::locale::classic());
  std::string state;
  fields >> state;
  const double ticks = static_cast<double>(sysconf(_SC_CLK_TCK));
  ProcessStat stat;
  double value = 0;
  for (int field = 4; field <= 24 && fields >> value; ++field) {
    switch (field) {
      case 14:
      case 15:
        stat.cpu_seconds += value / ticks;
        break;
      case 22:
        stat.start_after_boot = value / ticks;
        break;
      case 23:
        stat.virtual_bytes = value;
        break;
      case 24:
        stat.resident_bytes = value * static_cast<double>(sysconf(_SC_PAGESIZE));
        break;
      default:
        break;
    }
  }
  return fields ? std::optional(stat) : std::nullopt;
}

std::optional<double> ReadBootTime() {
  std::istringstream file(ReadFile("/proc/stat", FileKind::kSystem).value_or(""));
  for (std::string word; file >> word;) {
    if (double seconds = 0; word == "btime" && file >> seconds) {
      return seconds;
    }
  }
  return std::nullopt;
}

std::optional<double> CountOpenFiles() {
  std::error_code error;
  double count = 0;
  for (std::filesystem::directory_iterator entry("/proc/self/fd", error), end;
       !error && entry != end; entry.increment(error)) {
    ++count;
  }
  return error ? std::nullopt
               : std::optional(count - 1);  // One of them belongs to the listing itself.
}

std::optional<double> MaxOpenFiles() {
  rlimit limit{};
  return getrlimit(RLIMIT_NOFILE, &limit) == 0 ? std::optional(static_cast<double>(limit.rlim_cur))
                                               : std::nullopt;
}

void Append(std::vector<MetricFamily>& families, std::string_view name, MetricType type,
            std::string_view help, std::optional<double> value) {
  if (value) {
    const Labels labels{{std::string(kMetricNameLabel), std::string(name)}};
    families.push_back({std::string(name),
                        type,
                        std::string(help),
                        {{std::make_shared<const Series>(labels), *value}}});
  }
}

}  // namespace

std::vector<MetricFamily> ProcessMetrics() {
  std::vector<MetricFamily> families;
  if (const auto stat = ReadStat()) {
    Append(families, "process_cpu_seconds_total", MetricType::kCounter,
           "CPU time of Hakem, user and system, in seconds.", stat->cpu_seconds);
    Append(families, "process_resident_memory_bytes", MetricType::kGauge,
           "Memory of Hakem that is in RAM.", stat->resident_bytes);
    Append(families, "process_virtual_memory_bytes", MetricType::kGauge, "Address space of Hakem.",
           stat->virtual_bytes);
    if (const auto boot = ReadBootTime()) {
      Append(families, "process_start_time_seconds", MetricType::kGauge,
             "When Hakem was started, in seconds since 1970.", *boot + stat->start_after_boot);
    }
  }
  Append(families, "process_open_fds", MetricType::kGauge, "Open file descriptors.",
         CountOpenFiles());
  Append(families, "process_max_fds", MetricType::kGauge, "How many file descriptors may be open.",
         MaxOpenFiles());
  return families;
}

}  // namespace hakem::exporter
