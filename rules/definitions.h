#pragma once

#include <string_view>

namespace hakem::rules {

/// The rules that Hakem evaluates when no rule file is configured: alerts about games, as YAML.
extern const std::string_view kGamingRules;

/// The path of these rules in the source tree, used in errors and as the `file` of their groups.
inline constexpr std::string_view kGamingRulesFile = "rules/definitions/gaming.yml";

}  // namespace hakem::rules
