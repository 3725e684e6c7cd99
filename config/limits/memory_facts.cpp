#include "config/limits/memory_facts.h"

#include <sys/resource.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <iterator>
#include <sstream>
#include <vector>

namespace hakem::config {
namespace {

/// Version 1 writes a number close to 2^63 for no limit.
constexpr std::uint64_t kNoLimit = std::uint64_t{1} << 60;

std::vector<std::string> Split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  std::istringstream stream{std::string(text)};
  for (std::string part; std::getline(stream, part, separator);) {
    parts.push_back(part);
  }
  return parts;
}

std::optional<std::uint64_t> Number(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() ? std::optional(number)
                              : std::nullopt;  // "max" is no number: no limit.
}

void LowerTo(std::optional<std::uint64_t>& least, std::optional<std::uint64_t> other) {
  if (other && *other < kNoLimit) {
    least = std::min(least.value_or(*other), *other);
  }
}

bool Has(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// A mounted hierarchy of control groups.
struct Mount {
  std::string point;  ///< The folder in which it is mounted.
  std::string root;   ///< The group that this folder shows.
};

/// Finds the mount of the memory controller in lines like
/// `31 23 0:27 /docker/abc /sys/fs/cgroup/memory rw,… shared:9 - cgroup cgroup rw,memory`
std::optional<Mount> MountIn(std::string_view mountinfo, bool version2) {
  for (const std::string& line : Split(mountinfo, '\n')) {
    const std::vector<std::string> words = Split(line, ' ');
    const auto dash = std::find(words.begin(), words.end(), "-");
    if (dash - words.begin() < 6 || words.end() - dash < 4) {
      continue;
    }
    const bool wanted =
        version2 ? dash[1] == "cgroup2" : dash[1] == "cgroup" && Has(Split(dash[3], ','), "memory");
    if (wanted) {
      return Mount{.point = words[4], .root = words[3]};
    }
  }
  return std::nullopt;
}

/// Returns this process's group in a hierarchy, from lines like `0::/user.slice` (version 2) and
/// `5:cpu,memory:/a` (version 1).
std::optional<std::string> GroupIn(std::string_view cgroup, bool version2) {
  for (const std::string& line : Split(cgroup, '\n')) {
    const auto first = line.find(':');
    const auto second = line.find(':', first == line.npos ? first : first + 1);
    if (second == line.npos) {
      continue;
    }
    const std::string controllers = line.substr(first + 1, second - first - 1);
    if (version2 ? controllers.empty() : Has(Split(controllers, ','), "memory")) {
      return line.substr(second + 1);
    }
  }
  return std::nullopt;
}

/// Lowers `least` to the lowest limit of the process's group and its ancestors in one hierarchy.
void LowerByHierarchy(std::optional<std::uint64_t>& least, const FileSource& read, bool version2) {
  const auto mount = MountIn(read("/proc/self/mountinfo").value_or(""), version2);
  auto group = GroupIn(read("/proc/self/cgroup").value_or(""), version2);
  if (!mount || !group) {
    return;
  }
  if (mount->root != "/" && group->starts_with(mount->root)) {
    group->erase(0, mount->root.size());
  }
  for (std::string path = *group;; path.erase(std::min(path.rfind('/'), path.size()))) {
    while (path.ends_with('/')) {
      path.pop_back();
    }
    for (const std::string_view file :
         version2 ? std::vector<std::string_view>{"memory.max", "memory.high"}
                  : std::vector<std::string_view>{"memory.limit_in_bytes"}) {
      LowerTo(least, Number(read(mount->point + path + "/" + std::string(file)).value_or("")));
    }
    if (path.empty()) {
      return;
    }
  }
}

std::optional<std::uint64_t> AddressSpaceLimit() {
  std::optional<std::uint64_t> least;
  for (const auto resource : {RLIMIT_AS, RLIMIT_DATA}) {
    rlimit limit{};
    if (getrlimit(resource, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY) {
      LowerTo(least, limit.rlim_cur);
    }
  }
  return least;
}

std::optional<std::string> ReadWhole(const std::string& path) {
  std::ifstream file(path);
  return file ? std::optional(std::string(std::istreambuf_iterator<char>(file), {})) : std::nullopt;
}

}  // namespace

std::optional<std::uint64_t> ControlGroupLimit(const FileSource& read) {
  std::optional<std::uint64_t> least;
  LowerByHierarchy(least, read, true);
  LowerByHierarchy(least, read, false);
  return least;
}

std::optional<std::uint64_t> MachineMemory(std::string_view meminfo) {
  constexpr std::string_view kKey = "MemTotal:";
  for (const std::string& line : Split(meminfo, '\n')) {
    if (line.starts_with(kKey)) {
      const auto digits = line.find_first_of("0123456789");
      const auto kilobytes = Number(std::string_view(line).substr(std::min(digits, line.size())));
      return kilobytes ? std::optional(*kilobytes << 10) : std::nullopt;
    }
  }
  return std::nullopt;
}

MemoryFacts ReadMemoryFacts() {
  return {.machine = MachineMemory(ReadWhole("/proc/meminfo").value_or("")),
          .control_group = ControlGroupLimit(ReadWhole),
          .address_space = AddressSpaceLimit()};
}

}  // namespace hakem::config
