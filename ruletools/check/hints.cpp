#include "ruletools/check/hints.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <utility>
#include <variant>

#include "format/number.h"
#include "promql/syntax/ast.h"
#include "ruletools/check/function_types.h"
#include "ruletools/check/label_flow.h"
#include "ruletools/check/value_range.h"
#include "ruletools/syntax/visit.h"

namespace hakem::ruletools {
namespace {

using rules::AlertRule;
using rules::RecordingRule;
using rules::Rule;
using rules::RuleGroup;

constexpr std::size_t kRanks = 4;

struct SeverityRank {
  std::string_view name;
  std::size_t rank;  ///< Less than kRanks.
};

constexpr SeverityRank kSeverities[] = {
    {"info", 0}, {"warning", 1}, {"error", 2}, {"critical", 3}, {"page", 3}};

std::string Where(const RuleGroup& group, std::size_t index) {
  return fmt::format("group \"{}\", rule {}, \"{}\"", group.name, index + 1,
                     rules::NameOf(group.rules[index]));
}

/// The names behind `$labels.` in a template.
Names LabelsNamedBy(std::string_view text) {
  constexpr std::string_view kPrefix = "$labels.";
  constexpr std::string_view kNameCharacters =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
  Names names;
  for (std::size_t at = text.find(kPrefix); at != text.npos; at = text.find(kPrefix, at)) {
    at += kPrefix.size();
    const std::size_t end = std::min(text.find_first_not_of(kNameCharacters, at), text.size());
    if (IsValidLabelName(text.substr(at, end - at))) {
      names.emplace(text.substr(at, end - at));
    }
  }
  return names;
}

/// Whether the expression looks at samples of a span of time, so that one sample alone does not
/// decide.
bool LooksBack(const promql::Expr& expr) {
  bool found = false;
  VisitExprs(expr, [&](const promql::Expr& each) {
    found = found || each.type() == promql::ValueType::kMatrix;
  });
  return found;
}

/// Collects the hints about one rule.
class RuleHints {
 public:
  RuleHints(const RuleGroup& group, std::size_t index, const Catalogue& catalogue,
            std::vector<Hint>& hints)
      : rule_(group.rules[index]),
        where_(Where(group, index)),
        catalogue_(catalogue),
        hints_(hints) {}

  void Find() {
    const promql::Expr* const expr = rules::BaseOf(rule_).expr.get();
    if (expr == nullptr) {
      return;
    }
    const OnMistake add = [this](const std::string& message) { Add(message); };
    const LabelSet labels = FollowLabels(*expr, catalogue_, add);
    CheckFunctionTypes(*expr, catalogue_, add);
    const auto* alert = std::get_if<AlertRule>(&rule_);
    CheckValues(*expr, alert != nullptr);
    if (alert != nullptr) {
      CheckTemplates(*alert, labels);
      if (!alert->has_hold && !LooksBack(*expr)) {
        Add("no \"for\": a single sample makes it fire; write \"for: 0s\" if that is meant");
      }
    }
  }

 private:
  /// Says the same thing about a rule once, even if the expression repeats the mistake.
  void Add(const std::string& message) {
    if (said_.insert(message).second) {
      hints_.push_back({rules::BaseOf(rule_).place, fmt::format("{}: {}", where_, message)});
    }
  }

  void CheckValues(const promql::Expr& expr, bool is_alert) {
    const ValueFacts facts = FollowValues(expr, catalogue_);
    const std::string_view consequence = !facts.is_never ? ""
                                         : is_alert      ? "the alert can never fire: "
                                                         : "nothing is recorded: ";
    for (const std::string& reason : facts.never) {
      Add(fmt::format("{}{}", consequence, reason));
    }
    if (is_alert && facts.is_always) {
      Add("the alert fires for every series: \"bool\" gives 0 or 1, and any value makes it fire");
    }
  }

  void CheckTemplates(const AlertRule& rule, const LabelSet& labels) {
    for (const auto* list : {&rule.labels, &rule.annotations}) {
      for (const rules::NamedTemplate& text : *list) {
        for (const std::string& name : LabelsNamedBy(text.text.source())) {
          if (!labels.MayHave(name)) {
            Add(
                fmt::format("\"{}\" shows $labels.{}, but the expression's result has no label "
                            "\"{}\"",
                            text.name, name, name));
          }
        }
      }
    }
  }

  const Rule& rule_;
  const std::string where_;
  const Catalogue& catalogue_;
  std::vector<Hint>& hints_;
  std::set<std::string> said_;
};

/// An alert that compares something with a number, and how severe it is.
struct LimitedAlert {
  const RuleGroup* group;
  std::size_t index;
  std::string severity;
  std::size_t rank;
  Limit limit;
};

std::optional<LimitedAlert> LimitedAlertOf(const RuleGroup& group, std::size_t index) {
  const auto* alert = std::get_if<AlertRule>(&group.rules[index]);
  if (alert == nullptr || alert->expr == nullptr) {
    return std::nullopt;
  }
  std::optional<Limit> limit = FindLimit(*alert->expr);
  const auto label = std::find_if(alert->labels.begin(), alert->labels.end(),
                                  [](const auto& each) { return each.name == "severity"; });
  if (!limit || label == alert->labels.end()) {
    return std::nullopt;
  }
  const auto* const severity =
      std::find_if(std::begin(kSeverities), std::end(kSeverities),
                   [&](const SeverityRank& row) { return row.name == label->text.source(); });
  if (severity == std::end(kSeverities)) {
    return std::nullopt;
  }
  return LimitedAlert{&group, index, std::string(severity->name), severity->rank,
                      *std::move(limit)};
}

bool IsUpper(promql::BinaryOp op) {
  return op == promql::BinaryOp::kGreater || op == promql::BinaryOp::kGreaterEqual;
}

bool IsLower(promql::BinaryOp op) {
  return op == promql::BinaryOp::kLess || op == promql::BinaryOp::kLessEqual;
}

/// For each rank of severity, the alert of one comparison that fires first.
using FirstToFire = std::array<const LimitedAlert*, kRanks>;

bool FiresBefore(const LimitedAlert& one, const LimitedAlert& other) {
  return IsUpper(one.limit.op) ? one.limit.value < other.limit.value
                               : one.limit.value > other.limit.value;
}

/// Returns the alert that fires first of those that are more severe than `mild`; null if there is
/// none.
const LimitedAlert* FirstMoreSevere(const FirstToFire& first, const LimitedAlert& mild) {
  const LimitedAlert* found = nullptr;
  for (std::size_t rank = mild.rank + 1; rank < first.size(); ++rank) {
    if (first[rank] != nullptr && (found == nullptr || FiresBefore(*first[rank], *found))) {
      found = first[rank];
    }
  }
  return found;
}

std::vector<LimitedAlert> FindLimitedAlerts(std::span<const RuleGroup> groups) {
  std::vector<LimitedAlert> alerts;
  for (const RuleGroup& group : groups) {
    for (std::size_t i = 0; i < group.rules.size(); ++i) {
      std::optional<LimitedAlert> alert = LimitedAlertOf(group, i);
      if (alert && (IsUpper(alert->limit.op) || IsLower(alert->limit.op))) {
        alerts.push_back(*std::move(alert));
      }
    }
  }
  return alerts;
}

/// Reports each alert that a more severe one precedes: at most one hint for an alert.
void FindContradictions(std::span<const RuleGroup> groups, std::vector<Hint>& hints) {
  const std::vector<LimitedAlert> alerts = FindLimitedAlerts(groups);
  std::map<std::pair<std::string_view, bool>, FirstToFire> comparisons;
  for (const LimitedAlert& alert : alerts) {
    FirstToFire& first = comparisons[{alert.limit.base, IsUpper(alert.limit.op)}];
    if (first[alert.rank] == nullptr || FiresBefore(alert, *first[alert.rank])) {
      first[alert.rank] = &alert;
    }
  }
  for (const LimitedAlert& mild : alerts) {
    const FirstToFire& first = comparisons[{mild.limit.base, IsUpper(mild.limit.op)}];
    const LimitedAlert* const severe = FirstMoreSevere(first, mild);
    if (severe != nullptr && FiresBefore(*severe, mild)) {
      const Rule& other = severe->group->rules[severe->index];
      hints.push_back(
          {rules::BaseOf(mild.group->rules[mild.index]).place,
           fmt::format(
               "{}: its limit {} contradicts the limit {} of \"{}\" at {}: the {} comes "
               "after the {}",
               Where(*mild.group, mild.index), FormatNumber(mild.limit.value, NumberForm::kDecimal),
               FormatNumber(severe->limit.value, NumberForm::kDecimal), rules::NameOf(other),
               rules::BaseOf(other).place, mild.severity, severe->severity)});
    }
  }
}

/// What makes two rules write the same series: their name and labels as in the file.
std::string Identity(const Rule& rule) {
  std::string text = rules::NameOf(rule);
  if (const auto* alert = std::get_if<AlertRule>(&rule)) {
    for (const rules::NamedTemplate& label : alert->labels) {
      text += fmt::format("\n{}\n{}", label.name, label.text.source());
    }
  } else {
    for (const Label& label : std::get<RecordingRule>(rule).labels) {
      text += fmt::format("\n{}\n{}", label.name, label.value);
    }
  }
  return text;
}

}  // namespace

std::vector<Hint> FindHints(std::span<const RuleGroup> groups, const Catalogue& catalogue) {
  std::vector<Hint> hints;
  for (const RuleGroup& group : groups) {
    for (std::size_t i = 0; i < group.rules.size(); ++i) {
      RuleHints(group, i, catalogue, hints).Find();
    }
  }
  FindContradictions(groups, hints);
  return hints;
}

std::vector<Hint> FindDuplicates(std::span<const RuleGroup> groups) {
  struct First {
    std::string place;
    bool reported = false;
  };

  std::map<std::string, First> seen;
  std::vector<Hint> hints;
  for (const RuleGroup& group : groups) {
    for (std::size_t i = 0; i < group.rules.size(); ++i) {
      const Rule& rule = group.rules[i];
      const auto [first, is_new] =
          seen.try_emplace(Identity(rule), First{rules::BaseOf(rule).place});
      if (!is_new && !std::exchange(first->second.reported, true)) {
        hints.push_back(
            {rules::BaseOf(rule).place,
             fmt::format("{}: duplicate: it has the name and the labels of the rule at {}",
                         Where(group, i), first->second.place)});
      }
    }
  }
  return hints;
}

}  // namespace hakem::ruletools
