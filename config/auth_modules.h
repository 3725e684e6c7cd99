#pragma once

#include <map>
#include <string>
#include <string_view>

#include "config/target/conninfo.h"
#include "model/result.h"
#include "yaml/expand.h"

namespace hakem::exporter {

/// Who to be on a server that is probed, by the module's name: role, password and libpq's other
/// parameters, without a host.
using AuthModules = std::map<std::string, Conninfo, std::less<>>;

/// Reads postgres_exporter.yml, strictly.
/// Errors: kInvalidInput: `file:line:column: …`.
Result<AuthModules> ParseAuthModules(std::string_view text, std::string_view file,
                                     const yaml::Environment& environment);

/// The file's modules; none when `path` is empty. Errors: as ParseAuthModules, also when the file
/// cannot be read.
Result<AuthModules> LoadAuthModules(const std::string& path, const yaml::Environment& environment);

}  // namespace hakem::exporter
