#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "model/mutex.h"
#include "model/time.h"
#include "promql/evaluation/step_value.h"
#include "promql/syntax/ast.h"

namespace hakem::promql {

/// The selectors, calls and aggregations that occur more than once in a set of expressions.
/// Immutable, thread-safe.
class SharedExpressions {
 public:
  SharedExpressions() = default;

  /// Sub-expressions are equal if their canonical text is. Takes time and memory in proportion to
  /// the texts. Recurses: it needs a stack of known size (docs/decisions/016). A sub-expression
  /// that reads a metric of which `changes` is true is left out, and so is one whose metrics are
  /// not named. The expressions outlive this, and are evaluated with the same features.
  SharedExpressions(std::span<const Expr* const> exprs,
                    const std::function<bool(std::string_view metric)>& changes);

  /// Returns a number below size() that equal sub-expressions have in common; nothing when the
  /// sub-expression is not shared.
  std::optional<std::size_t> Find(const Expr& expr) const;

  std::size_t size() const { return size_; }

 private:
  std::unordered_map<const Expr*, std::size_t> numbers_;
  std::size_t size_ = 0;
};

/// The value of a shared expression.
struct SharedValue {
  StepVector vector;
  std::size_t series_read;  ///< How many series its selectors have found.
};

/// The values that shared expressions have at one instant: each is computed once, by the first
/// query that needs it. The data must not change meanwhile. Thread-safe.
class SharedValues {
 public:
  /// `shared` outlives this.
  SharedValues(const SharedExpressions& shared, Timestamp time);

  Timestamp time() const { return time_; }

  /// Returns the value of an expression; null when it is not shared or not computed yet.
  std::shared_ptr<const SharedValue> Find(const Expr& expr) const;

  /// Keeps the value of an expression if it is shared, and if there is room for it.
  void Keep(const Expr& expr, const StepVector& vector, std::size_t series_read);

  /// How often Find has returned a value.
  std::size_t hits() const;

 private:
  const SharedExpressions& shared_;
  const Timestamp time_;
  mutable Mutex mutex_;
  std::vector<std::shared_ptr<const SharedValue>> values_ GUARDED_BY(mutex_);
  std::size_t series_ GUARDED_BY(mutex_) = 0;
  mutable std::size_t hits_ GUARDED_BY(mutex_) = 0;
};

}  // namespace hakem::promql
