#include "promql/evaluation/shared_values.h"

#include <fmt/format.h>

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

/// Whether a node has a stable value if its operands have: the same while rules are evaluated.
bool IsStable(const Expr& expr, const std::function<bool(std::string_view)>& changes) {
  const auto* selector = std::get_if<VectorSelector>(&expr.node);
  if (const auto* matrix = std::get_if<MatrixSelector>(&expr.node)) {
    selector = &matrix->selector;
  }
  if (selector != nullptr) {
    const std::string_view metric = MetricOf(*selector);
    return !metric.empty() && !changes(metric);
  }
  const auto* call = std::get_if<Call>(&expr.node);
  return call == nullptr || call->function->name != "info";  // It reads metrics that are not named.
}

bool IsWorthKeeping(const Expr& expr) {
  return (std::holds_alternative<VectorSelector>(expr.node) ||
          std::holds_alternative<Call>(expr.node) ||
          std::holds_alternative<Aggregate>(expr.node)) &&
         expr.type() == ValueType::kVector;
}

/// Walks expressions and gives equal ones the same number. The time and memory are proportional to
/// the texts, because a node is compared by its own text and the numbers of its operands.
class Search {
 public:
  explicit Search(const std::function<bool(std::string_view)>& changes) : changes_(changes) {}

  struct Walked {
    std::size_t number;  ///< Equal expressions have the same.
    bool is_stable;      ///< The value stays the same while rules are evaluated.
  };

  Walked Walk(const Expr& expr) {
    // What is in a subquery is evaluated at other times than the query, and not shared.
    const bool is_subquery = std::holds_alternative<Subquery>(expr.node);
    subqueries_ += is_subquery ? 1 : 0;
    bool is_stable = IsStable(expr, changes_);
    std::string text = PrintNode(expr, [&](const Expr& operand) {
      const Walked walked = Walk(operand);
      is_stable = is_stable && walked.is_stable;
      return fmt::format("#{};", walked.number);  // A query's text has no `#` outside of quotes.
    });
    subqueries_ -= is_subquery ? 1 : 0;
    const std::size_t number = numbers_.try_emplace(std::move(text), numbers_.size()).first->second;
    if (is_stable && subqueries_ == 0 && IsWorthKeeping(expr)) {
      found_[number].push_back(&expr);
    }
    return {number, is_stable};
  }

  /// The sub-expressions whose values can be shared, by number.
  const std::unordered_map<std::size_t, std::vector<const Expr*>>& found() const { return found_; }

 private:
  const std::function<bool(std::string_view)>& changes_;
  std::unordered_map<std::string, std::size_t> numbers_;
  std::unordered_map<std::size_t, std::vector<const Expr*>> found_;
  int subqueries_ = 0;  ///< How many subqueries surround the place.
};

}  // namespace

SharedExpressions::SharedExpressions(std::span<const Expr* const> exprs,
                                     const std::function<bool(std::string_view)>& changes) {
  Search search(changes);
  for (const Expr* expr : exprs) {
    search.Walk(*expr);
  }
  for (const auto& [number, occurrences] : search.found()) {
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
