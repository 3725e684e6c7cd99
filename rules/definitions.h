#pragma once

#include <string_view>

namespace hakem::rules {

/// The alerts of a game that Hakem evaluates when no rule file is configured, as YAML.
extern const std::string_view kGamingRules;

/// Where it lies in the source tree: its name in errors and in the `file` of its groups.
inline constexpr std::string_view kGamingRulesFile = "rules/definitions/gaming.yml";

}  // namespace hakem::rules
