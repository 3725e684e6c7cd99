#include "promql/evaluation/shared_values.h"

#include <algorithm>
#include <string>
#include <utility>

#include "model/labels.h"
#include "promql/syntax/function_spec.h"
#include "promql/syntax/printer.h"

namespace hakem::promql {
namespace {

/// Values of more series than this are not kept, to bound the memory: about 5 MiB.
constexpr std::size_t kMostSeries = 100'000;

/// Returns the metric that a selector reads; "" when it may read several.
std::string_view MetricOf(const VectorSelector& selector) {
  for (const Matcher& matcher : selector.matchers) {
    if (matcher.name() == kMetricNameLabel && matcher.op() == MatchOp::kEqual) {
      return matcher.value();
    }
  }
  return "";
}

/// Walks expressions and counts the sub-expressions whose values can be shared.
class Search {
 public:
  explicit Search(const std::function<bool(std::string_view)>& changes) : changes_(changes) {}

  /// Returns whether the value of the expression stays the same while rules are evaluated.
  bool Walk(const Expr& expr) {
    const bool is_stable = std::visit([this](const auto& node) { return Visit(node); }, expr.node);
    if (is_stable && IsWorthKeeping(expr)) {
      found_[Print(expr)].push_back(&expr);
    }
    return is_stable;
  }

  std::unordered_map<std::string, std::vector<const Expr*>> TakeFound() {
    return std::move(found_);
  }

 private:
  static bool IsWorthKeeping(const Expr& expr) {
    return expr.type() == ValueType::kVector &&
           (std::holds_alternative<VectorSelector>(expr.node) ||
            std::holds_alternative<Call>(expr.node) ||
            std::holds_alternative<Aggregate>(expr.node));
  }

  bool Visit(const NumberLiteral&) { return true; }

  bool Visit(const StringLiteral&) { return true; }

  bool Visit(const VectorSelector& selector) {
    const std::string_view metric = MetricOf(selector);
    return !metric.empty() && !changes_(metric);
  }

  bool Visit(const MatrixSelector& matrix) { return Visit(matrix.selector); }

  bool Visit(const Paren& paren) { return Walk(*paren.expr); }

  bool Visit(const Unary& unary) { return Walk(*unary.expr); }

  bool Visit(const Binary& binary) {
    const bool left = Walk(*binary.lhs);
    return Walk(*binary.rhs) && left;
  }

  bool Visit(const Call& call) {
    bool is_stable = call.function->name != "info";  // It reads metrics that are not named.
    for (const ExprPtr& argument : call.arguments) {
      is_stable = Walk(*argument) && is_stable;
    }
    return is_stable;
  }

  bool Visit(const Aggregate& aggregate) {
    const bool parameter = aggregate.parameter == nullptr || Walk(*aggregate.parameter);
    return Walk(*aggregate.expr) && parameter;
  }

  /// What is inside is evaluated at other times than the query, and not shared.
  bool Visit(const Subquery& subquery) { return Search(changes_).Walk(*subquery.expr); }

  const std::function<bool(std::string_view)>& changes_;
  std::unordered_map<std::string, std::vector<const Expr*>> found_;
};

}  // namespace

SharedExpressions::SharedExpressions(std::span<const Expr* const> exprs,
                                     const std::function<bool(std::string_view)>& changes) {
  Search search(changes);
  for (const Expr* expr : exprs) {
    search.Walk(*expr);
  }
  for (const auto& [text, occurrences] : search.TakeFound()) {
    if (occurrences.size() > 1) {
      for (const Expr* expr : occurrences) {
        numbers_.emplace(expr, size_);
      }
      ++size_;
    }
  }
}

std::optional<std::size_t> SharedExpressions::Find(const Expr& expr) const {
  const auto found = numbers_.find(&expr);
  return found == numbers_.end() ? std::nullopt : std::optional(found->second);
}

SharedValues::SharedValues(const SharedExpressions& shared, Timestamp time)
    : shared_(shared), time_(time), values_(shared.size()) {}

std::shared_ptr<const SharedValue> SharedValues::Find(const Expr& expr) const {
  const std::optional<std::size_t> number = shared_.Find(expr);
  if (!number) {
    return nullptr;
  }
  const MutexLock lock(mutex_);
  if (values_[*number] != nullptr) {
    ++hits_;
  }
  return values_[*number];
}

void SharedValues::Keep(const Expr& expr, const StepVector& vector, std::size_t series_read) {
  const std::optional<std::size_t> number = shared_.Find(expr);
  if (!number) {
    return;
  }
  {
    const MutexLock lock(mutex_);
    if (values_[*number] != nullptr || series_ + vector.size() > kMostSeries) {
      return;
    }
    series_ += vector.size();
  }
  auto kept = std::make_shared<const SharedValue>(SharedValue{vector, series_read});
  const MutexLock lock(mutex_);
  values_[*number] = std::move(kept);
}

std::size_t SharedValues::hits() const {
  const MutexLock lock(mutex_);
  return hits_;
}

}  // namespace hakem::promql
