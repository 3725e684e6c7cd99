#pragma once

#include <span>
#include <string_view>

namespace hakem::exporter {

/// The settings of a PostgreSQL server that a session may set (`search_path`), in lower case.
std::span<const std::string_view> ServerSettings();

/// Whether the server knows a setting of this name; upper and lower case are the same.
bool IsServerSetting(std::string_view name);

/// Whether the name is one that an extension or the user defines: `app.token`. Anything may stand
/// in such a setting, also a secret.
bool IsExtensionSetting(std::string_view name);

}  // namespace hakem::exporter
