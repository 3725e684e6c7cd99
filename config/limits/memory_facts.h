#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "config/limits/memory_limits.h"

namespace hakem::exporter {

/// The text of a file; nothing when it cannot be read.
using FileSource = std::function<std::optional<std::string>(const std::string& path)>;

/// The least limit on memory among this process's control group and those above it, of version 1
/// and 2, as /proc/self/cgroup and /proc/self/mountinfo name them; nothing where there is none.
/// memory.high counts like memory.max: who is above it is made to crawl.
std::optional<std::uint64_t> ControlGroupLimit(const FileSource& read);

/// `MemTotal` of /proc/meminfo.
std::optional<std::uint64_t> MachineMemory(std::string_view meminfo);

/// Of this process, as it is now. What cannot be read is no limit.
MemoryFacts ReadMemoryFacts();

}  // namespace hakem::exporter
