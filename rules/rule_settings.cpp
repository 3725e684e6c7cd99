#include "rules/rule_settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <variant>

#include "format/nearest_name.h"

namespace hakem::rules {
namespace {

Result<void> CheckDisabled(const std::vector<RuleGroup>& groups,
                           const std::vector<std::string>& disabled) {
  std::vector<std::string_view> known;
  for (const RuleGroup& group : groups) {
    for (const Rule& rule : group.rules) {
      known.emplace_back(NameOf(rule));
    }
  }
  for (const std::string& name : disabled) {
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      return Fail(ErrorCode::kInvalidInput, fmt::format("rules.disable: no rule is called \"{}\"{}",
                                                        name, DidYouMean(name, known)));
    }
  }
  return {};
}

bool Records(const RuleGroup& group) {
  return std::any_of(group.rules.begin(), group.rules.end(),
                     [](const Rule& rule) { return std::holds_alternative<RecordingRule>(rule); });
}

Duration DefaultInterval(const RuleSettings& settings, Duration collection_interval) {
  if (settings.interval > Duration::zero()) {
    return settings.interval;
  }
  return settings.evaluation == EvaluationMode::kAligned ? kAlignedInterval : collection_interval;
}

}  // namespace

Result<std::vector<RuleGroup>> ApplySettings(std::vector<RuleGroup> groups,
                                             const RuleSettings& settings,
                                             Duration collection_interval) {
  if (const Result<void> checked = CheckDisabled(groups, settings.disabled); !checked) {
    return Fail(checked.error());
  }
  const Duration interval = DefaultInterval(settings, collection_interval);
  for (RuleGroup& group : groups) {
    std::erase_if(group.rules, [&](const Rule& rule) {
      return std::find(settings.disabled.begin(), settings.disabled.end(), NameOf(rule)) !=
             settings.disabled.end();
    });
    if (!group.interval && (settings.evaluation == EvaluationMode::kAligned || Records(group))) {
      group.interval = interval;
    }
    group.query_offset = group.query_offset.value_or(settings.query_offset);
    group.external_labels = settings.external_labels;
  }
  return groups;
}

}  // namespace hakem::rules
