#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace hakem::config {

/// The limits on this process's memory in bytes, by their source. Nothing means no such limit.
struct MemoryFacts {
  std::optional<std::uint64_t> machine;        ///< The machine's RAM.
  std::optional<std::uint64_t> control_group;  ///< The lowest of this group and its ancestors.
  std::optional<std::uint64_t> address_space;  ///< `ulimit -v`, systemd's LimitAS.
};

/// How the memory is divided. What is left, at least a quarter of what the program itself does not
/// need, is for collecting, rules and notifications: no request of a client can use it up.
struct MemoryLimits {
  std::uint64_t total_bytes = 0;  ///< The lowest limit; 0 if none is known.
  std::string_view source = {};   ///< "the machine's RAM"
  std::uint64_t history_bytes = 0;
  std::size_t requests = 0;      ///< Requests worked on at once; 0 if nothing was divided.
  std::size_t own_bytes = 0;     ///< Reserved for each request.
  std::size_t shared_bytes = 0;  ///< For all requests beyond that, with answers being sent.
  std::size_t most_bytes = 0;    ///< The most that one request may use of shared_bytes.
  std::size_t buffer_bytes = 0;  ///< For requests and answers between clients and pages.
  bool history_fits = true;      ///< Whether the history, as it is set, leaves enough.
};

/// Divides the memory. The history gets `history_bytes`; unless somebody has set it (`is_set`), it
/// is lowered to a quarter of the memory.
MemoryLimits DivideMemory(const MemoryFacts& facts, std::uint64_t history_bytes, bool is_set);

/// Returns the limits as comment lines of a YAML file.
std::string FormatMemoryLimits(const MemoryLimits& limits);

}  // namespace hakem::config
