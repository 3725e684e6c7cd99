#pragma once

#include <span>
#include <string>
#include <vector>

#include "rules/files/rule_file.h"
#include "ruletools/check/catalogue.h"

namespace hakem::ruletools {

/// Something in a rule file that is valid and yet most likely a mistake.
struct Hint {
  std::string place;    ///< `file:line:column` of the rule's expression.
  std::string message;  ///< Begins with group and rule; one line without a final stop.
};

/// Finds what is most likely a mistake in the rules: metrics and labels that nobody exports, rate()
/// of a gauge, alerts that can never fire or always do, missing `for`, limits that contradict each
/// other. Rules without an expression are skipped. The hints are in the order of the rules. Pure.
std::vector<Hint> FindHints(std::span<const rules::RuleGroup> groups, const Catalogue& catalogue);

/// Finds rules of the same kind, name and labels, which write the same series. As in promtool, each
/// is reported once, whatever its groups are.
std::vector<Hint> FindDuplicates(std::span<const rules::RuleGroup> groups);

}  // namespace hakem::ruletools
