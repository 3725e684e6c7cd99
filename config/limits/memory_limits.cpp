#include "config/limits/memory_limits.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "model/byte_size.h"

namespace hakem::config {
namespace {

constexpr std::uint64_t kMega = std::uint64_t{1} << 20;

/// Memory that the program itself needs, with a collection of a large server.
constexpr std::uint64_t kProgramBytes = 64 * kMega;
/// Address space that the program itself needs: also for libraries and for stacks that are mostly
/// never touched.
constexpr std::uint64_t kProgramAddresses = 208 * kMega;

constexpr std::uint64_t kLeastHistory = 8 * kMega;
constexpr std::uint64_t kLeastForRequests = 8 * kMega;
constexpr std::uint64_t kMostForRequests = 1024 * kMega;
constexpr std::uint64_t kLeastBuffer = 4 * kMega;
constexpr std::uint64_t kMostBuffer = 64 * kMega;
constexpr std::uint64_t kMostOwn = kMega;
/// If less is left for each request, fewer run at once.
constexpr std::uint64_t kOneRequest = 5 * kMega;
constexpr std::uint64_t kLeastRequests = 4;
constexpr std::uint64_t kMostRequests = 20;

/// The lowest limit on memory.
struct LowestLimit {
  std::uint64_t bytes = std::numeric_limits<std::uint64_t>::max();
  std::string_view source;
  bool is_ours_alone = true;  ///< False if PostgreSQL may use the same memory.
  std::uint64_t program_bytes = kProgramBytes;
};

LowestLimit LowestOf(const MemoryFacts& facts) {
  LowestLimit lowest;
  const auto consider = [&lowest](const std::optional<std::uint64_t>& bytes,
                                  const LowestLimit& fact) {
    if (bytes && *bytes < lowest.bytes) {
      lowest = fact;
      lowest.bytes = *bytes;
    }
  };
  consider(facts.machine, {.source = "the machine's RAM", .is_ours_alone = false});
  consider(facts.control_group, {.source = "the control group's limit"});
  consider(facts.address_space,
           {.source = "the limit on address space", .program_bytes = kProgramAddresses});
  return lowest;
}

/// Rounds down to whole megabytes, which people read more easily.
constexpr std::uint64_t WholeMegabytes(std::uint64_t bytes) {
  return bytes / kMega * kMega;
}

constexpr std::uint64_t WholeKilobytes(std::uint64_t bytes) {
  return bytes / 1024 * 1024;
}

}  // namespace

MemoryLimits DivideMemory(const MemoryFacts& facts, std::uint64_t history_bytes, bool is_set) {
  const LowestLimit limit = LowestOf(facts);
  const std::uint64_t available = limit.bytes - std::min(limit.bytes, limit.program_bytes);
  MemoryLimits limits;
  limits.total_bytes = limit.source.empty() ? 0 : limit.bytes;
  limits.source = limit.source;
  const std::uint64_t lowered = WholeMegabytes(std::max(kLeastHistory, available / 4));
  limits.history_bytes = is_set ? history_bytes : std::min(history_bytes, lowered);
  limits.history_fits = limits.history_bytes <= std::max(lowered, available / 2);
  const std::uint64_t left =
      available - std::min(available, std::max(limits.history_bytes, available / 4));
  const std::uint64_t share = limit.is_ours_alone ? left / 2 : left / 3;
  const std::uint64_t work = WholeMegabytes(std::clamp(share, kLeastForRequests, kMostForRequests));
  limits.requests =
      static_cast<std::size_t>(std::clamp(work / kOneRequest, kLeastRequests, kMostRequests));
  limits.own_bytes =
      static_cast<std::size_t>(std::min(kMostOwn, WholeKilobytes(work / 4 / limits.requests)));
  limits.shared_bytes = static_cast<std::size_t>(work - limits.requests * limits.own_bytes);
  limits.most_bytes = static_cast<std::size_t>(WholeMegabytes(limits.shared_bytes / 4 * 3));
  limits.buffer_bytes =
      static_cast<std::size_t>(WholeMegabytes(std::clamp(left / 6, kLeastBuffer, kMostBuffer)));
  return limits;
}

std::string FormatMemoryLimits(const MemoryLimits& limits) {
  const std::string total =
      limits.total_bytes == 0
          ? "no limit is known"
          : fmt::format("{}, {}", FormatByteSize(WholeMegabytes(limits.total_bytes)),
                        limits.source);
  return fmt::format(
      "# memory: {}\n"
      "#   history: {}\n"
      "#   requests: {} at once, {} for each, {} for all beyond that, {} for one\n"
      "#   buffers: {} for requests and answers between clients and pages\n",
      total, FormatByteSize(limits.history_bytes), limits.requests,
      FormatByteSize(limits.own_bytes), FormatByteSize(limits.shared_bytes),
      FormatByteSize(limits.most_bytes), FormatByteSize(limits.buffer_bytes));
}

}  // namespace hakem::config
