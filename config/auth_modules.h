#pragma once

#include <map>
#include <string>
#include <string_view>

#include "config/target/conninfo.h"
#include "model/result.h"
#include "yaml/expand.h"

namespace hakem::config {

/// The credentials for servers that are probed, by the name of the module: role, password and other
/// parameters of libpq, without a host.
using AuthModules = std::map<std::string, Conninfo, std::less<>>;

/// Reads the text of a postgres_exporter.yml. Variables in it are expanded from `environment`.
/// Errors: kInvalidInput: `file:line:column: …`, also for unknown keys.
Result<AuthModules> ParseAuthModules(std::string_view text, std::string_view file,
                                     const yaml::Environment& environment);

/// Reads a postgres_exporter.yml and registers its secrets, so that logs mask them. Returns no
/// modules if `path` is empty. Errors: as ParseAuthModules, also if the file cannot be read.
Result<AuthModules> LoadAuthModules(const std::string& path, const yaml::Environment& environment);

}  // namespace hakem::config
