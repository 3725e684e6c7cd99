#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "gotemplate/template.h"
#include "model/labels.h"
#include "model/result.h"
#include "model/time.h"
#include "promql/evaluation/engine_options.h"
#include "promql/syntax/ast.h"
#include "promql/syntax/features.h"
#include "rules/alerts/alert_state.h"
#include "rules/files/needed_extension.h"

namespace hakem::rules {

/// A label or annotation that a rule adds.
struct NamedTemplate {
  std::string name;
  gotemplate::Template text;
};

/// What alerting and recording rules have in common.
struct RuleBase {
  std::string name;   ///< That of the alerts, or the metric name of the series.
  std::string query;  ///< The expression in canonical form, for pages and links.
  std::string place;  ///< Where the expression begins: `file:line:column`.
  promql::ExprPtr expr;
  promql::Features features;  ///< The features with which the expression is parsed and evaluated.
  Duration default_step = promql::EngineOptions().default_step;  ///< For subqueries without one.
};

/// An alerting rule, parsed from its file.
struct AlertRule : RuleBase {
  AlertPolicy policy;                 ///< Includes the limit of the group.
  bool has_hold = false;              ///< Whether the file has a `for`, which may be 0s.
  std::vector<NamedTemplate> labels;  ///< Those of the group and of the rule, sorted by name.
  std::vector<NamedTemplate> annotations;
  /// Without it the rule is left out; a file cannot say so, only ParseShippedRules sets it.
  std::optional<NeededExtension> needs = {};
};

/// A recording rule, parsed from its file. Its result is stored as series of its name.
struct RecordingRule : RuleBase {
  std::int64_t limit = 0;     ///< At most so many series; 0: no limit.
  std::vector<Label> labels;  ///< Those of the group and of the rule, sorted by name.
};

using Rule = std::variant<AlertRule, RecordingRule>;

/// Returns what a rule of either kind has.
const RuleBase& BaseOf(const Rule& rule);

/// Returns the name of a rule: that of its alerts, or of its series.
const std::string& NameOf(const Rule& rule);

/// Rules that are evaluated together, one after another: each sees the series that those before it
/// have recorded.
struct RuleGroup {
  std::string file;
  std::string name;
  std::optional<Duration> interval;      ///< Empty: evaluated at each collection.
  std::optional<Duration> query_offset;  ///< How far before its evaluation it queries the history.
  std::int64_t limit = 0;
  /// Added to alerts that lack them when they are passed on. Templates may use them.
  Labels external_labels = {};
  std::vector<Rule> rules;

  /// Whether it has a recording rule.
  bool Records() const;
};

/// Parses a rule file in Prometheus' format, strictly: an unknown key, a duplicate name, or an
/// expression or template that does not parse is an error, and so are more than 64 MiB of rules;
/// the labels of a group and what aliases refer to count for each rule. Only the first YAML
/// document is read. `features`: the experimental features that expressions may use. Errors:
/// kInvalidInput: `file:line:column: group "g", rule 2, "Name": …`. Source of the format:
/// prometheus.io/docs/prometheus/latest/configuration/recording_rules.
Result<std::vector<RuleGroup>> ParseRuleFile(std::string_view text, std::string_view file,
                                             promql::Features features = {});

/// How CheckRuleFile reads.
struct RuleFileOptions {
  promql::Features features = {};     ///< The experimental features that expressions may use.
  bool ignores_unknown_keys = false;  ///< Whether keys that rule files do not have are skipped.
};

/// The rules of a file as far as they could be read, and all that is wrong in it.
struct CheckedRuleFile {
  std::vector<RuleGroup> groups;  ///< Rules without a valid expression have none.
  std::vector<Error> errors;      ///< Each as ParseRuleFile would return it; empty: a valid file.
};

/// Parses a rule file like ParseRuleFile, but goes on after an error.
CheckedRuleFile CheckRuleFile(std::string_view text, std::string_view file,
                              const RuleFileOptions& options = {});

}  // namespace hakem::rules
