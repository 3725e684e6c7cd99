#pragma once

#include <optional>
#include <string>

#include "model/log.h"

namespace hakem::exporter {

/// What every command has.
struct CommonOptions {
  std::string config_path;            ///< hakem.yml; empty: the environment.
  std::optional<LogLevel> log_level;  ///< What the command finds right, when not given.
  LogFormat log_format = LogFormat::kLogfmt;

  Log MakeLog(LogLevel otherwise) const { return {log_level.value_or(otherwise), log_format}; }
};

}  // namespace hakem::exporter
