#include "config/limits/memory_limits.h"

#include <gmock/gmock.h>

#include <optional>
#include <vector>

namespace hakem::config {
namespace {

constexpr std::uint64_t kMega = std::uint64_t{1} << 20;
constexpr std::uint64_t kGiga = 1024 * kMega;
constexpr std::uint64_t kDefaultHistory = 256 * kMega;

MemoryFacts Facts(std::optional<std::uint64_t> machine,
                  std::optional<std::uint64_t> control_group = {},
                  std::optional<std::uint64_t> address_space = {}) {
  return {.machine = machine, .control_group = control_group, .address_space = address_space};
}

struct Division {
  MemoryFacts facts;
  std::uint64_t history;
  std::size_t requests;
  std::uint64_t shared;
  std::uint64_t most;
  std::uint64_t buffer;
};

TEST(MemoryLimits, DependOnTheMemoryThereIs) {
  const std::vector<Division> divisions{
      {Facts({}), 256, 20, 1004, 753, 64},
      {Facts(24 * kGiga), 256, 20, 1004, 753, 64},
      {Facts(2 * kGiga), 256, 20, 476, 357, 64},
      {Facts(kGiga), 240, 20, 220, 165, 64},
      {Facts(24 * kGiga, 256 * kMega), 48, 14, 58, 43, 24},
      {Facts(24 * kGiga, {}, 512 * kMega), 76, 20, 94, 70, 38},
      {Facts(24 * kGiga, 4 * kGiga, kGiga), 204, 20, 286, 214, 64},
      {Facts({}, 32 * kMega), 8, 4, 6, 4, 4},
  };
  for (const Division& wanted : divisions) {
    const MemoryLimits limits = DivideMemory(wanted.facts, kDefaultHistory, false);
    SCOPED_TRACE(FormatMemoryLimits(limits));
    EXPECT_EQ(limits.history_bytes / kMega, wanted.history);
    EXPECT_EQ(limits.requests, wanted.requests);
    EXPECT_EQ(limits.shared_bytes / kMega, wanted.shared);
    EXPECT_EQ(limits.most_bytes / kMega, wanted.most);
    EXPECT_EQ(limits.buffer_bytes / kMega, wanted.buffer);
    EXPECT_TRUE(limits.history_fits);
  }
}

/// With less than 96 MiB the program alone may be too large.
TEST(MemoryLimits, LeaveAQuarterForCollectingWithAnyAmountOfMemory) {
  for (std::uint64_t total = 128 * kMega; total <= 64 * kGiga; total += total / 7) {
    for (const bool addresses : {false, true}) {
      const MemoryFacts facts = addresses ? Facts({}, {}, 2 * total) : Facts({}, total);
      const MemoryLimits limits = DivideMemory(facts, kDefaultHistory, false);
      const std::uint64_t room = addresses ? 2 * total - 208 * kMega : total - 64 * kMega;
      EXPECT_LE(limits.history_bytes + limits.shared_bytes + limits.requests * limits.own_bytes +
                    limits.buffer_bytes,
                room / 4 * 3 + kMega)
          << FormatMemoryLimits(limits);
      EXPECT_LE(limits.most_bytes, limits.shared_bytes);
    }
  }
}

TEST(MemoryLimits, KeepASetHistorySizeAndReportIfItDoesNotFit) {
  const MemoryFacts facts = Facts({}, 512 * kMega);
  const MemoryLimits lowered = DivideMemory(facts, 300 * kMega, false);
  EXPECT_EQ(lowered.history_bytes, 112 * kMega);
  const MemoryLimits fits = DivideMemory(facts, 200 * kMega, true);
  EXPECT_EQ(fits.history_bytes, 200 * kMega);
  EXPECT_TRUE(fits.history_fits);
  EXPECT_LT(fits.shared_bytes, lowered.shared_bytes);
  const MemoryLimits too_large = DivideMemory(facts, 600 * kMega, true);
  EXPECT_EQ(too_large.history_bytes, 600 * kMega);
  EXPECT_FALSE(too_large.history_fits);
  EXPECT_EQ(too_large.requests, 4U);
}

TEST(MemoryLimits, AreShownWithTheirSource) {
  EXPECT_EQ(FormatMemoryLimits(DivideMemory(Facts(2 * kGiga, {}, kGiga), 64 * kMega, true)),
            "# memory: 1GiB, the limit on address space\n"
            "#   history: 64MiB\n"
            "#   requests: 20 at once, 1MiB for each, 286MiB for all beyond that, 214MiB for one\n"
            "#   buffers: 64MiB for requests and answers between clients and pages\n");
  EXPECT_THAT(FormatMemoryLimits(DivideMemory(Facts({}), kMega, true)),
              testing::StartsWith("# memory: no limit is known\n"));
}

}  // namespace
}  // namespace hakem::config
