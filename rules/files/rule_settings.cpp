#include "rules/files/rule_settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string_view>
#include <variant>

#include "format/nearest_name.h"
#include "rules/files/alert_template.h"
#include "rules/files/definitions.h"

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

Duration DefaultInterval(const RuleSettings& settings, Duration collection_interval) {
  if (settings.interval > Duration::zero()) {
    return settings.interval;
  }
  return settings.evaluation == EvaluationMode::kAligned ? kAlignedInterval : collection_interval;
}

/// Returns what follows the runbook's address in a shipped rule's annotation; nothing if the text
/// is another one.
std::optional<std::string_view> AnchorIn(std::string_view annotation) {
  for (const std::string_view base : {kRunbookInFiles, kRunbookOfMachinesInFiles}) {
    if (annotation.starts_with(base)) {
      return annotation.substr(base.size());
    }
  }
  return std::nullopt;
}

/// Makes the rules that name the shipped runbook name the one at `base`, with the same anchor.
Result<void> SetRunbook(RuleGroup& group, std::string_view base) {
  for (Rule& each : group.rules) {
    auto* const rule = std::get_if<AlertRule>(&each);
    if (rule == nullptr) {
      continue;
    }
    for (NamedTemplate& annotation : rule->annotations) {
      const auto anchor = AnchorIn(annotation.text.source());
      if (annotation.name != "runbook_url" || !anchor) {
        continue;
      }
      auto text = ParseAlertTemplate(fmt::format("{}{}", base, *anchor));
      if (!text) {
        return Fail(ErrorCode::kInvalidInput,
                    fmt::format("rules.runbook_url: {}", text.error().message));
      }
      annotation.text = *std::move(text);
    }
  }
  return {};
}

}  // namespace

Result<std::vector<RuleGroup>> ApplySettings(std::vector<RuleGroup> groups,
                                             const RuleSettings& settings,
                                             Duration collection_interval) {
  if (const Result<void> checked = CheckDisabled(groups, settings.disabled); !checked) {
    return Fail(checked.error());
  }
  const Duration interval = DefaultInterval(settings, collection_interval);
  const std::string_view runbook =
      settings.runbook_url.empty() ? kDefaultRunbook : std::string_view(settings.runbook_url);
  for (RuleGroup& group : groups) {
    std::erase_if(group.rules, [&](const Rule& rule) {
      return std::find(settings.disabled.begin(), settings.disabled.end(), NameOf(rule)) !=
             settings.disabled.end();
    });
    if (!group.interval && (settings.evaluation == EvaluationMode::kAligned || group.Records())) {
      group.interval = interval;
    }
    group.query_offset = group.query_offset.value_or(settings.query_offset);
    group.external_labels = settings.external_labels;
    if (const Result<void> set = SetRunbook(group, runbook); !set) {
      return Fail(set.error());
    }
  }
  return groups;
}

}  // namespace hakem::rules
