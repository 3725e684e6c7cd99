#include "config/limits/memory_facts.h"

#include <gmock/gmock.h>

#include <map>

namespace hakem::config {
namespace {

using Files = std::map<std::string, std::string>;

std::optional<std::uint64_t> LimitIn(const Files& files) {
  return ControlGroupLimit([&](const std::string& path) -> std::optional<std::string> {
    const auto found = files.find(path);
    return found == files.end() ? std::nullopt : std::optional(found->second);
  });
}

constexpr const char* kMounts = "/proc/self/mountinfo";
constexpr const char* kGroups = "/proc/self/cgroup";
constexpr const char* kVersion2 =
    "22 28 0:21 / /sys rw,nosuid shared:7 - sysfs sysfs rw\n"
    "30 22 0:26 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate\n";

TEST(ControlGroupLimit, IsTheLowestOfTheGroupAndItsAncestors) {
  Files files{{kMounts, kVersion2},
              {kGroups, "0::/system.slice/hakem.service\n"},
              {"/sys/fs/cgroup/system.slice/hakem.service/memory.max", "max\n"}};
  EXPECT_EQ(LimitIn(files), std::nullopt);
  files["/sys/fs/cgroup/system.slice/memory.max"] = "1073741824\n";
  EXPECT_EQ(LimitIn(files), 1073741824U);
  files["/sys/fs/cgroup/system.slice/hakem.service/memory.max"] = "268435456\n";
  EXPECT_EQ(LimitIn(files), 268435456U);
  files["/sys/fs/cgroup/system.slice/hakem.service/memory.high"] = "200000000\n";
  EXPECT_EQ(LimitIn(files), 200000000U);
}

TEST(ControlGroupLimit, IsFoundInAContainerThatSeesItsOwnGroupAsRoot) {
  EXPECT_EQ(LimitIn({{kMounts, kVersion2},
                     {kGroups, "0::/\n"},
                     {"/sys/fs/cgroup/memory.max", "536870912\n"}}),
            536870912U);
  EXPECT_EQ(LimitIn({{kMounts, kVersion2},
                     {kGroups, "0::/../..\n"},
                     {"/sys/fs/cgroup/memory.max", "536870912\n"}}),
            536870912U);
}

TEST(ControlGroupLimit, IsReadFromVersionOneToo) {
  Files files{
      {kMounts, "31 23 0:27 /docker/abc /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"},
      {kGroups, "9:memory:/docker/abc\n1:name=systemd:/docker/abc\n0::/docker/abc\n"},
      {"/sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n"}};
  EXPECT_EQ(LimitIn(files), std::nullopt);
  files["/sys/fs/cgroup/memory/memory.limit_in_bytes"] = "104857600\n";
  EXPECT_EQ(LimitIn(files), 104857600U);
}

TEST(ControlGroupLimit, IsAbsentWhenNothingCanBeRead) {
  EXPECT_EQ(LimitIn({}), std::nullopt);
  EXPECT_EQ(LimitIn({{kMounts, "nonsense\n"}, {kGroups, "::\n:::\n"}}), std::nullopt);
  EXPECT_EQ(LimitIn({{kMounts, kVersion2},
                     {kGroups, "0::/a\n"},
                     {"/sys/fs/cgroup/a/memory.max", "-5 apples"}}),
            std::nullopt);
}

TEST(MachineMemory, IsReadInBytes) {
  EXPECT_EQ(MachineMemory("MemTotal:       24683756 kB\nMemFree: 1 kB\n"), 25276166144U);
  EXPECT_EQ(MachineMemory("MemFree: 1 kB\n"), std::nullopt);
  EXPECT_EQ(MachineMemory("MemTotal: much\n"), std::nullopt);
}

TEST(MemoryFacts, AreReadOnThisMachine) {
  EXPECT_GT(ReadMemoryFacts().machine.value_or(0), std::uint64_t{64} << 20);
}

}  // namespace
}  // namespace hakem::config
