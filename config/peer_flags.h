#pragma once

#include <span>
#include <string>
#include <string_view>

#include "config/config.h"
#include "model/result.h"

namespace hakem::exporter {

/// One flag of postgres_exporter, as `hakem serve` takes it: what stands in people's unit files
/// works, or is refused by name with what to write instead.
struct PeerFlag {
  std::string_view name;      ///< `--collection-timeout`.
  std::string_view variable;  ///< Of the environment, which stands for the flag; may be empty.
  bool is_switch;             ///< Takes no value; `--no-…` turns it off.
  std::string_view help;
  /// Puts the value, "true" or "false" for a switch, into the configuration.
  /// Errors: kInvalidInput: why the value, or the flag, is not taken, and what to do instead.
  Result<void> (*apply)(Config& config, const std::string& value);
};

/// All but `--collector.NAME`, `--log.*`, `--help` and `--version`.
std::span<const PeerFlag> PeerFlags();

/// Collectors of postgres_exporter that Hakem has not, with the reason; nothing for others.
std::string_view WhyNoSuchCollector(std::string_view name);

}  // namespace hakem::exporter
