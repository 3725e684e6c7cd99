#pragma once

#include <cstddef>
#include <memory>

#include "rules/status.h"

namespace hakem::web {

/// 2026-01-01T00:00:00Z plus `seconds`.
inline Timestamp At(int seconds) {
  return Timestamp(std::chrono::sys_days(std::chrono::year(2026) / 1 / 1)) +
         std::chrono::seconds(seconds);
}

/// Two groups. One has been evaluated, and has a rule with a firing and a pending alert, and a rule
/// that failed. The other has not been evaluated.
inline rules::RulesStatus SampleRules() {
  const auto alert = [](std::string game, rules::AlertState state) {
    return rules::ActiveAlert{
        .labels = {{"alertname", "ManyActiveGames"}, {"game", game}, {"severity", "warning"}},
        .annotations = {{"summary", game + " has 250 active games"}},
        .value = 250,
        .state = state,
        .active_at = At(10),
        .fired_at = state == rules::AlertState::kFiring ? std::optional(At(40)) : std::nullopt,
        .keep_firing_since = {},
        .resolved_at = {}};
  };
  const rules::RuleStatus many{
      .name = "ManyActiveGames",
      .query = "game_active_games > 200",
      .policy = {.hold = std::chrono::seconds(30)},
      .labels = {{"severity", "warning"}},
      .annotations = {{"summary", "{{ $labels.game }} has {{ $value }} active games"}},
      .alerts = {alert("hokm", rules::AlertState::kFiring),
                 alert("shelem", rules::AlertState::kPending)},
      .health = rules::RuleHealth::kOk,
      .last_error = {},
      .evaluation_time = rules::Seconds(0.00025),
      .last_evaluation = At(60)};
  const rules::RuleStatus broken{.name = "LowActivity",
                                 .query = "game_moves_per_minute < 10",
                                 .policy = {.hold = std::chrono::minutes(5)},
                                 .labels = {},
                                 .annotations = {},
                                 .alerts = {},
                                 .health = rules::RuleHealth::kError,
                                 .last_error = "no such thing",
                                 .evaluation_time = rules::Seconds(0),
                                 .last_evaluation = At(60)};
  rules::RuleStatus unknown = broken;
  unknown.name = "Unknown";
  unknown.health = rules::RuleHealth::kUnknown;
  unknown.last_error.clear();
  unknown.last_evaluation.reset();
  const rules::GroupStatus gaming{.name = "gaming",
                                  .file = "rules/gaming.yml",
                                  .interval = std::chrono::seconds(5),
                                  .limit = 0,
                                  .rules = {many, broken},
                                  .evaluation_time = rules::Seconds(0.001),
                                  .last_evaluation = At(60)};
  const rules::GroupStatus later{.name = "later",
                                 .file = "rules/later.yml",
                                 .interval = std::chrono::milliseconds(1500),
                                 .limit = 3,
                                 .rules = {unknown},
                                 .evaluation_time = rules::Seconds(0),
                                 .last_evaluation = {}};
  return {{std::make_shared<const rules::GroupStatus>(gaming),
           std::make_shared<const rules::GroupStatus>(later)}};
}

/// Returns the status of a group, to be changed. Only `status` sees the changes.
inline rules::GroupStatus& Edit(rules::RulesStatus& status, std::size_t group) {
  const auto copy = std::make_shared<rules::GroupStatus>(*status.groups.at(group));
  status.groups[group] = copy;
  return *copy;
}

}  // namespace hakem::web
