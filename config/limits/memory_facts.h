#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "config/limits/memory_limits.h"

namespace hakem::config {

/// Returns the text of a file; nothing if it cannot be read.
using FileSource = std::function<std::optional<std::string>(const std::string& path)>;

/// Returns the lowest memory limit of this process's control group and its ancestors, of version 1
/// and 2, which /proc/self/cgroup and /proc/self/mountinfo name; nothing if there is no limit.
/// memory.high counts like memory.max, because the kernel throttles a process that exceeds it.
std::optional<std::uint64_t> ControlGroupLimit(const FileSource& read);

/// Returns `MemTotal` of the text of /proc/meminfo, in bytes.
std::optional<std::uint64_t> MachineMemory(std::string_view meminfo);

/// Reads the limits of this process. A limit that cannot be read counts as absent.
MemoryFacts ReadMemoryFacts();

}  // namespace hakem::config
