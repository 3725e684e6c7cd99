#include "rules/rule_version.h"

#include <optional>
#include <set>
#include <string_view>
#include <utility>
#include <variant>

#include "rules/evaluation/alert_series.h"

namespace hakem::rules {
namespace {

using Groups = std::vector<std::unique_ptr<ScheduledGroup>>;

Groups MakeGroups(std::vector<RuleGroup> definitions, Duration collection_interval,
                  const Group::Deps& deps) {
  Groups groups;
  for (RuleGroup& definition : definitions) {
    std::optional<Slots> slots;
    if (definition.interval) {
      slots = SlotsOf(definition.file, definition.name, *definition.interval);
    }
    const Duration interval = definition.interval.value_or(collection_interval);
    groups.push_back(
        std::make_unique<ScheduledGroup>(std::move(definition), interval, deps, slots));
  }
  return groups;
}

/// Values of series that rules write are not shared: they change while rules are evaluated.
promql::SharedExpressions FindSharedExpressions(const Groups& groups) {
  std::vector<const promql::Expr*> exprs;
  std::set<std::string_view> written{kAlertsSeries, kAlertsForStateSeries};
  std::optional<promql::Features> features;
  for (const auto& each : groups) {
    for (const Rule& rule : each->group.definition().rules) {
      const RuleBase& base = BaseOf(rule);
      if (std::holds_alternative<RecordingRule>(rule)) {
        written.insert(base.name);
      }
      features = features.value_or(base.features);
      if (base.features == *features) {
        exprs.push_back(base.expr.get());
      }
    }
  }
  return promql::SharedExpressions(
      exprs, [&](std::string_view metric) { return written.contains(metric); });
}

}  // namespace

RuleVersion::RuleVersion(std::vector<RuleGroup> definitions, Duration collection_interval,
                         const Group::Deps& deps)
    : groups(MakeGroups(std::move(definitions), collection_interval, deps)),
      shared_expressions(FindSharedExpressions(groups)) {}

}  // namespace hakem::rules
