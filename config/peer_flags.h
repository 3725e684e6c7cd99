#pragma once

#include <span>
#include <string>
#include <string_view>

#include "config/config.h"
#include "model/result.h"

namespace hakem::config {

/// One flag of postgres_exporter that `hakem serve` accepts, so that existing unit files keep
/// working. A flag that Hakem does not support fails with advice on what to write instead.
struct PeerFlag {
  std::string_view name;      ///< `--collection-timeout`.
  std::string_view variable;  ///< The environment variable with the same effect; may be empty.
  bool is_switch;             ///< Whether it takes no value, and `--no-…` turns it off.
  std::string_view help;
  /// Sets the value, "true" or "false" for a switch, in the configuration.
  /// Errors: kInvalidInput: why the value or the flag is refused, and what to do instead.
  Result<void> (*apply)(Config& config, const std::string& value);
};

/// Returns all flags but `--collector.NAME`, `--log.*`, `--help` and `--version`.
std::span<const PeerFlag> PeerFlags();

/// Returns why Hakem lacks this collector of postgres_exporter; "" for all other names.
std::string_view WhyNoSuchCollector(std::string_view name);

}  // namespace hakem::config
