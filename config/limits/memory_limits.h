#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace hakem::exporter {

/// How much memory this process may have, by what says so; nothing: no limit of that kind.
struct MemoryFacts {
  std::optional<std::uint64_t> machine;        ///< Its RAM.
  std::optional<std::uint64_t> control_group;  ///< The least of this group and those above it.
  std::optional<std::uint64_t> address_space;  ///< `ulimit -v`, systemd's LimitAS.
};

/// What the memory is divided into. The rest, at least a quarter of what the program itself leaves,
/// is for collecting, rules and notifications: nothing that clients ask for can take it.
struct MemoryLimits {
  std::uint64_t total_bytes = 0;  ///< The least of the facts; 0: nothing is known.
  std::string_view source = {};   ///< "the machine's RAM"
  std::uint64_t history_bytes = 0;
  std::size_t requests = 0;      ///< That are worked on at once; 0: nothing was divided.
  std::size_t own_bytes = 0;     ///< Of each, in any case.
  std::size_t shared_bytes = 0;  ///< Of all beyond that, answers that are being sent included.
  std::size_t most_bytes = 0;    ///< Of one.
  std::size_t buffer_bytes = 0;  ///< Of requests and answers between the clients and the pages.
  bool history_fits = true;      ///< False: the history as it is set leaves too little.
};

/// Divides it. `history_bytes` is what is set for the history, `is_set` whether by somebody: a
/// default is lowered where it would take more than a quarter.
MemoryLimits DivideMemory(const MemoryFacts& facts, std::uint64_t history_bytes, bool is_set);

/// For people, as comments of a YAML file.
std::string FormatMemoryLimits(const MemoryLimits& limits);

}  // namespace hakem::exporter
