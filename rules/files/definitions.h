#pragma once

#include <array>
#include <string_view>
#include <vector>

#include "model/result.h"
#include "promql/syntax/features.h"
#include "rules/files/rule_file.h"

namespace hakem::rules {

/// A rule file that is compiled into the program.
struct ShippedRuleFile {
  std::string_view file;  ///< Its path in the source tree, used in errors and as `RuleGroup::file`.
  std::string_view yaml;  ///< Its contents.
};

/// Returns the rules that Hakem evaluates when no rule file is configured, one file for each area,
/// in the order in which they are evaluated. Each file has one group, named as the file.
std::array<ShippedRuleFile, 4> ShippedRuleFiles();

/// Parses them, and notes which rule needs an extension of PostgreSQL. Errors: those of
/// ParseRuleFile, if the features do not allow what a file has.
Result<std::vector<RuleGroup>> ParseShippedRules(promql::Features features);

/// How `runbook_url` begins in the shipped rules: the page /runbook of the Hakem whose metrics they
/// are. A Prometheus that loads the files shows these addresses; ApplySettings replaces them.
inline constexpr std::string_view kRunbookInFiles = "http://{{ $labels.instance }}/runbook";

/// How it begins where an alert may be about a machine, and `instance` be that of its
/// node_exporter: the page /runbook of any Hakem.
inline constexpr std::string_view kRunbookOfMachinesInFiles =
    "http://{{ if $labels.mountpoint }}{{ query \"hakem_threshold\" | first | label \"instance\" }}"
    "{{ else }}{{ $labels.instance }}{{ end }}/runbook";

/// What takes their place by default: the page /runbook at Hakem's external URL.
inline constexpr std::string_view kDefaultRunbook = "{{ $externalURL }}/runbook";

}  // namespace hakem::rules
