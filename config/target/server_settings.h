#pragma once

#include <span>
#include <string_view>

namespace hakem::config {

/// Returns the settings of PostgreSQL that a session may set (`search_path`), in lower case.
std::span<const std::string_view> ServerSettings();

/// Returns whether PostgreSQL defines a setting of this name; case does not matter.
bool IsServerSetting(std::string_view name);

/// Returns whether the name has the form of a setting that an extension or a user defines:
/// `app.token`. The value of such a setting may be a secret.
bool IsExtensionSetting(std::string_view name);

}  // namespace hakem::config
