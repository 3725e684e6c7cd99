#pragma once

#include <string>
#include <vector>

#include "model/labels.h"
#include "model/result.h"
#include "model/time.h"
#include "rules/files/rule_file.h"

namespace hakem::rules {

enum class EvaluationMode {
  kOnCollect,  ///< Alerting rules are evaluated after each collection.
  kAligned,    ///< All groups are evaluated on Prometheus' schedule.
};

/// What the configuration says about the rules of all files.
struct RuleSettings {
  EvaluationMode evaluation = EvaluationMode::kOnCollect;
  Duration interval{0};      ///< The interval of groups on a schedule that have none; 0: default.
  Duration query_offset{0};  ///< For groups that have none.
  Labels external_labels = {};             ///< Added to all alerts that lack them.
  std::vector<std::string> disabled = {};  ///< Names of rules to leave out.
  std::string runbook_url = {};            ///< Where the runbook is; empty: Hakem's own page.
};

/// The default interval under EvaluationMode::kAligned, as in Prometheus.
inline constexpr Duration kAlignedInterval = std::chrono::minutes(1);

/// Applies the settings to groups as their files have them. Afterwards a group has an interval
/// if it is evaluated on a schedule: all groups under kAligned; under kOnCollect those with an
/// interval of their own or a recording rule. `collection_interval`: the default interval under
/// kOnCollect. The annotation `runbook_url` of the shipped rules then leads to `runbook_url`, or to
/// Hakem's own page; that of other rules stays as it is. Errors: kInvalidInput: a disabled rule
/// does not exist, or `runbook_url` has an action that is no template.
Result<std::vector<RuleGroup>> ApplySettings(std::vector<RuleGroup> groups,
                                             const RuleSettings& settings,
                                             Duration collection_interval);

}  // namespace hakem::rules
