#include "ruletools/explain/explanation.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <string_view>
#include <utility>
#include <variant>

#include "promql/parsing/parser.h"
#include "promql/syntax/printer.h"
#include "ruletools/syntax/visit.h"

namespace hakem::ruletools {
namespace {

using promql::Binary;
using promql::Expr;

constexpr std::size_t kShown = 5;

/// The text of a selector without its range, but with its offset.
std::string InstantText(const Expr& expr) {
  if (const auto* matrix = std::get_if<promql::MatrixSelector>(&expr.node)) {
    Expr instant{.node = matrix->selector, .position = expr.position};
    std::get<promql::VectorSelector>(instant.node).shift = matrix->shift;
    return promql::Print(instant);
  }
  return promql::Print(expr);
}

bool IsVector(const promql::ExprPtr& expr) {
  return expr->type() == promql::ValueType::kVector;
}

/// ` on (job)` or ` ignoring (le)`; "" if elements match by all labels.
std::string MatchingText(const promql::VectorMatching& matching) {
  if (!matching.on && matching.labels.empty()) {
    return "";
  }
  std::string names;
  for (const std::string& label : matching.labels) {
    const bool is_plain = IsValidLabelName(label);
    names += fmt::format("{}{}", names.empty() ? "" : ", ",
                         is_plain ? label : fmt::format("\"{}\"", EscapeLabelValue(label)));
  }
  return fmt::format(" {} ({})", matching.on ? "on" : "ignoring", names);
}

/// Asks the questions about one expression.
class Explainer {
 public:
  Explainer(promql::Features features, Timestamp now, const AskVector& ask)
      : features_(features), now_(ToUnixSeconds(now)), ask_(ask) {}

  Explanation Run(const Expr& expr) {
    VisitExprs(expr, [this](const Expr& each) {
      if (SelectorOf(each) != nullptr) {
        AddSelector(each);
      } else if (const auto* binary = std::get_if<Binary>(&each.node)) {
        AddBinary(each, *binary);
      }
    });
    return std::move(explanation_);
  }

 private:
  void AddSelector(const Expr& expr) {
    const std::string text = InstantText(expr);
    if (!seen_.insert(text).second) {
      return;
    }
    SelectorFinding finding{.selector = text};
    const Result<promql::Vector> times = ask_(fmt::format("timestamp({})", text));
    if (!times) {
      finding.error = times.error().message;
    } else if (times->empty()) {
      FindVanished(text, finding);
    } else {
      finding.series = times->size();
      const auto [oldest, newest] = std::minmax_element(
          times->begin(), times->end(),
          [](const auto& one, const auto& other) { return one.value < other.value; });
      finding.newest_age = now_ - newest->value;
      finding.oldest_age = now_ - oldest->value;
    }
    explanation_.selectors.push_back(std::move(finding));
  }

  void FindVanished(const std::string& text, SelectorFinding& finding) const {
    const auto last = ask_(fmt::format("max(max_over_time(timestamp({})[1d:1m]))", text));
    if (!last) {
      finding.error = last.error().message;
    } else if (!last->empty()) {
      finding.vanished_age = now_ - last->front().value;
    }
  }

  void AddBinary(const Expr& expr, const Binary& binary) {
    const bool is_join = IsVector(binary.lhs) && IsVector(binary.rhs);
    if (is_join && binary.op != promql::BinaryOp::kOr && binary.op != promql::BinaryOp::kUnless) {
      AddJoin(expr, binary);
    }
    if (promql::IsComparison(binary.op) && (IsVector(binary.lhs) || IsVector(binary.rhs))) {
      AddDistance(expr, binary);
    }
  }

  void AddJoin(const Expr& expr, const Binary& binary) {
    JoinFinding join{.expr = promql::Print(expr)};
    const std::string left = fmt::format("({})", promql::Print(*binary.lhs));
    const std::string right = fmt::format("({})", promql::Print(*binary.rhs));
    const std::string unless = fmt::format(" unless{} ", MatchingText(binary.matching));
    const auto left_all = ask_(left);
    const auto right_all = ask_(right);
    const auto left_alone = ask_(left + unless + right);
    const auto right_alone = ask_(right + unless + left);
    const auto result = ask_(join.expr);
    for (const auto* answer : {&left_all, &right_all, &left_alone, &right_alone, &result}) {
      if (!*answer) {
        join.error = answer->error().message;
        explanation_.joins.push_back(std::move(join));
        return;
      }
    }
    join.left = left_all->size();
    join.right = right_all->size();
    join.result = result->size();
    join.left_alone_count = left_alone->size();
    join.right_alone_count = right_alone->size();
    join.left_alone = FirstLabels(*left_alone);
    join.right_alone = FirstLabels(*right_alone);
    explanation_.joins.push_back(std::move(join));
  }

  static std::vector<Labels> FirstLabels(const promql::Vector& vector) {
    std::vector<Labels> labels;
    for (std::size_t i = 0; i < std::min(vector.size(), kShown); ++i) {
      labels.push_back(vector[i].labels);
    }
    return labels;
  }

  /// The difference of both sides has the same matching as the comparison, but keeps all elements.
  static Result<std::string> DifferenceText(const std::string& comparison,
                                            promql::Features features) {
    return promql::Parse(comparison, features).transform([](const promql::ExprPtr& copy) {
      auto& binary = std::get<Binary>(copy->node);
      binary.op = promql::BinaryOp::kSub;
      binary.return_bool = false;
      return promql::Print(*copy);
    });
  }

  /// NaN, as 0/0 of what is idle, is farther than any distance.
  static std::pair<bool, double> Remoteness(double distance) {
    const bool is_nan = std::isnan(distance);
    return {is_nan, is_nan ? 0 : std::abs(distance)};
  }

  void AddDistance(const Expr& expr, const Binary& binary) {
    DistanceFinding finding{.comparison = promql::Print(expr)};
    const auto differences = DifferenceText(finding.comparison, features_).and_then(ask_);
    if (!differences) {
      finding.error = differences.error().message;
    } else {
      const double sign = IsVector(binary.lhs) ? 1 : -1;  // `90 < x` is a limit of x, too.
      for (const promql::VectorElement& element : *differences) {
        finding.nearest.push_back({element.labels, sign * element.value});
      }
      std::stable_sort(finding.nearest.begin(), finding.nearest.end(),
                       [](const auto& one, const auto& other) {
                         return Remoteness(one.distance) < Remoteness(other.distance);
                       });
      finding.count = finding.nearest.size();
      finding.nearest.resize(std::min(finding.count, kShown));
    }
    explanation_.distances.push_back(std::move(finding));
  }

  const promql::Features features_;
  const double now_;
  const AskVector& ask_;
  std::set<std::string> seen_;
  Explanation explanation_;
};

}  // namespace

Result<Explanation> Explain(const std::string& expr, promql::Features features, Timestamp now,
                            const AskVector& ask) {
  const Result<promql::ExprPtr> parsed = promql::Parse(expr, features);
  if (!parsed) {
    return Fail(parsed.error());
  }
  return Explainer(features, now, ask).Run(**parsed);
}

}  // namespace hakem::ruletools
