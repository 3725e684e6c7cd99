#pragma once

#include <string>
#include <string_view>

#include "config/settings.h"
#include "model/result.h"
#include "yaml/expand.h"

namespace hakem::config {

/// Reads hakem.yml: the keys of config/settings.h. Defaults of thresholds come from the
/// environment; receivers are not read. Paths in the file are relative to the folder of `file`, as
/// in Prometheus' configuration; those in a dsn are libpq's. Errors: kInvalidInput: the first error
/// in the file, `file:line:column: …`, or a PG* variable that libpq would use and that is invalid.
Result<Config> ParseConfig(std::string_view text, std::string_view file,
                           const yaml::Environment& environment);

/// Returns the configuration of a start without a file. Receivers are not read.
/// Errors: kInvalidInput, naming the variable.
Result<Config> ConfigFromEnvironment(const yaml::Environment& environment);

/// Reads the file, or the environment if `path` is empty. Divides the memory that this process may
/// have: the history gets less than its default if memory is short, but never less than what is
/// set. Registers the secrets of the configuration, so that logs mask them: see AddKnownSecret.
/// Errors: kInvalidInput, also if the file cannot be read.
Result<Config> LoadConfig(const std::string& path, const yaml::Environment& environment);

/// Returns the whole configuration in the form of hakem.yml, defaults included, secrets masked.
std::string FormatConfig(const Config& config);

/// Returns FormatConfig behind a `global:` section as in Prometheus' configuration. Clients of its
/// API take the scrape interval from there.
std::string FormatConfigForApi(const Config& config);

}  // namespace hakem::config
