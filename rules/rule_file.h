#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gotemplate/template.h"
#include "model/result.h"
#include "model/time.h"
#include "promql/syntax/ast.h"
#include "promql/syntax/features.h"
#include "rules/alert_state.h"

namespace hakem::rules {

/// A label or annotation that a rule adds.
struct NamedTemplate {
  std::string name;
  gotemplate::Template text;
};

/// An alerting rule as its file has it.
struct AlertRule {
  std::string name;
  std::string query;  ///< The expression in canonical form, as Prometheus shows and links it.
  promql::ExprPtr expr;
  promql::Features features;          ///< With which the expression was read and is evaluated.
  AlertPolicy policy;                 ///< With the group's limit.
  std::vector<NamedTemplate> labels;  ///< The group's and its own, by name.
  std::vector<NamedTemplate> annotations;
};

/// Rules that are evaluated together, in their order.
struct RuleGroup {
  std::string file;
  std::string name;
  std::optional<Duration> interval;  ///< Nothing: at each collection.
  std::int64_t limit = 0;
  std::vector<AlertRule> rules;
};

/// What the templates of labels and annotations may use: `$labels` and `$value`.
inline constexpr gotemplate::Declaration kTemplateVariables[] = {
    {"labels", gotemplate::ValueType::kLabels}, {"value", gotemplate::ValueType::kNumber}};

/// Reads a rule file in Prometheus' format, strictly: an unknown key, a duplicate name, an
/// expression or template that does not parse is an error. Recording rules and `query_offset` are
/// not carried out and are refused. `features`: what expressions may use of what is experimental.
/// Errors: kInvalidInput: `file:line:column: group "g", rule 2, "Name": …`. Source:
/// prometheus.io/docs/prometheus/latest/configuration/recording_rules.
Result<std::vector<RuleGroup>> ParseRuleFile(std::string_view text, std::string_view file,
                                             promql::Features features = {});

}  // namespace hakem::rules
