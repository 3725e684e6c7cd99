#pragma once

#include <string>
#include <vector>

#include "rules/files/rule_file.h"

namespace hakem::rules {

/// Returns what identifies a group among all files: its file and name. It is the same on every run.
std::string KeyOf(const RuleGroup& group);

/// Returns what identifies each rule of a group among all rules, in the order of the rules: the
/// group's key, the rule's name, kind and labels, and a number, since several rules of a group may
/// have the same of these. It is the same on every run, so that a rule which replaces another one
/// with the same key keeps its state, also over a restart. People read it in the journal.
std::vector<std::string> RuleKeysOf(const RuleGroup& group);

}  // namespace hakem::rules
