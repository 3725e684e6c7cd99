#include "config/limits/memory_limits.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "model/byte_size.h"

namespace hakem::exporter {
namespace {

constexpr std::uint64_t kMega = std::uint64_t{1} << 20;

/// What the program is, a collection of a large server included.
constexpr std::uint64_t kProgramBytes = 64 * kMega;
/// The same where addresses count: libraries, and stacks that are mostly never touched.
constexpr std::uint64_t kProgramAddresses = 208 * kMega;

constexpr std::uint64_t kLeastHistory = 8 * kMega;
constexpr std::uint64_t kLeastForRequests = 8 * kMega;
constexpr std::uint64_t kMostForRequests = 1024 * kMega;
constexpr std::uint64_t kLeastBuffer = 4 * kMega;
constexpr std::uint64_t kMostBuffer = 64 * kMega;
constexpr std::uint64_t kMostOwn = kMega;
constexpr std::uint64_t kOneRequest = 5 * kMega;  ///< Fewer at once where each would have less.
constexpr std::uint64_t kLeastRequests = 4;
constexpr std::uint64_t kMostRequests = 20;

struct Least {
  std::uint64_t bytes = std::numeric_limits<std::uint64_t>::max();
  std::string_view source;
  bool is_ours_alone = true;  ///< Else PostgreSQL may well live there too.
  std::uint64_t program_bytes = kProgramBytes;
};

Least LeastOf(const MemoryFacts& facts) {
  Least least;
  const auto consider = [&least](const std::optional<std::uint64_t>& bytes, const Least& fact) {
    if (bytes && *bytes < least.bytes) {
      least = fact;
      least.bytes = *bytes;
    }
  };
  consider(facts.machine, {.source = "the machine's RAM", .is_ours_alone = false});
  consider(facts.control_group, {.source = "the control group's limit"});
  consider(facts.address_space,
           {.source = "the limit on address space", .program_bytes = kProgramAddresses});
  return least;
}

/// Of megabytes, which people read better.
constexpr std::uint64_t Whole(std::uint64_t bytes) {
  return bytes / kMega * kMega;
}

constexpr std::uint64_t WholeKilos(std::uint64_t bytes) {
  return bytes / 1024 * 1024;
}

}  // namespace

MemoryLimits DivideMemory(const MemoryFacts& facts, std::uint64_t history_bytes, bool is_set) {
  const Least least = LeastOf(facts);
  const std::uint64_t room = least.bytes - std::min(least.bytes, least.program_bytes);
  MemoryLimits limits;
  limits.total_bytes = least.source.empty() ? 0 : least.bytes;
  limits.source = least.source;
  const std::uint64_t lowered = Whole(std::max(kLeastHistory, room / 4));
  limits.history_bytes = is_set ? history_bytes : std::min(history_bytes, lowered);
  limits.history_fits = limits.history_bytes <= std::max(lowered, room / 2);
  const std::uint64_t left = room - std::min(room, std::max(limits.history_bytes, room / 4));
  const std::uint64_t share = least.is_ours_alone ? left / 2 : left / 3;
  const std::uint64_t work = Whole(std::clamp(share, kLeastForRequests, kMostForRequests));
  limits.requests =
      static_cast<std::size_t>(std::clamp(work / kOneRequest, kLeastRequests, kMostRequests));
  limits.own_bytes =
      static_cast<std::size_t>(std::min(kMostOwn, WholeKilos(work / 4 / limits.requests)));
  limits.shared_bytes = static_cast<std::size_t>(work - limits.requests * limits.own_bytes);
  limits.most_bytes = static_cast<std::size_t>(Whole(limits.shared_bytes / 4 * 3));
  limits.buffer_bytes =
      static_cast<std::size_t>(Whole(std::clamp(left / 6, kLeastBuffer, kMostBuffer)));
  return limits;
}

std::string FormatMemoryLimits(const MemoryLimits& limits) {
  const std::string total =
      limits.total_bytes == 0
          ? "no limit is known"
          : fmt::format("{}, {}", FormatByteSize(Whole(limits.total_bytes)), limits.source);
  return fmt::format(
      "# memory: {}\n"
      "#   history: {}\n"
      "#   requests: {} at once, {} for each, {} for all beyond that, {} for one\n"
      "#   buffers: {} for requests and answers between clients and pages\n",
      total, FormatByteSize(limits.history_bytes), limits.requests,
      FormatByteSize(limits.own_bytes), FormatByteSize(limits.shared_bytes),
      FormatByteSize(limits.most_bytes), FormatByteSize(limits.buffer_bytes));
}

}  // namespace hakem::exporter
