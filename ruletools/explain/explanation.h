#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "model/result.h"
#include "promql/syntax/ast.h"
#include "promql/syntax/features.h"
#include "promql/value.h"
#include "rules/status.h"

namespace hakem::ruletools {

/// Evaluates a query at the time that is explained; the result of a scalar is one element. Errors:
/// those of the query, and of reaching who evaluates it.
using AskVector = std::function<Result<promql::Vector>(const std::string& query)>;

/// The series that a selector finds.
struct SelectorFinding {
  std::string selector;
  std::size_t series = 0;
  std::optional<double> newest_age = {};  ///< Seconds since the newest sample of any of them.
  std::optional<double> oldest_age = {};  ///< Seconds since the last sample of the stalest one.
  /// If there are none: seconds since such a series had a sample, to the minute; nothing if not
  /// within a day.
  std::optional<double> vanished_age = {};
  std::string error = {};  ///< Why it is not known; else "".
};

/// What a binary operator between vectors makes of both sides.
struct JoinFinding {
  std::string expr;
  std::size_t left = 0;
  std::size_t right = 0;
  std::size_t result = 0;
  std::vector<Labels> left_alone = {};   ///< Left elements without a partner; the first few.
  std::vector<Labels> right_alone = {};  ///< Right elements without a partner; the first few.
  std::size_t left_alone_count = 0;
  std::size_t right_alone_count = 0;
  std::string error = {};  ///< Why it is not known; else "".
};

/// How far a comparison is from its limit.
struct DistanceFinding {
  struct Element {
    Labels labels;
    double distance = 0;  ///< The value minus the limit.
  };

  std::string comparison;
  std::vector<Element> nearest = {};  ///< The elements closest to the limit, the closest first.
  std::size_t count = 0;              ///< How many elements there are.
  std::string error = {};             ///< Why it is not known; else "".
};

/// What the data says about a rule's expression, each part from left to right.
struct Explanation {
  std::vector<SelectorFinding> selectors;
  std::vector<JoinFinding> joins;
  std::vector<DistanceFinding> distances;
};

/// Asks for all that is needed to explain the expression. `now`: the time at which `ask` evaluates.
/// Errors: those of the parser, if the expression is not valid.
Result<Explanation> Explain(const std::string& expr, promql::Features features, Timestamp now,
                            const AskVector& ask);

/// Formats the state of a rule and its explanation for people. `where`: its group and file.
std::string FormatExplanation(const rules::RuleStatus& rule, const std::string& where,
                              const Explanation& explanation, Timestamp now);

/// Formats the explanation as JSON: `{"rule", "where", "query", "state", "health", "last_error",
/// "alerts": [{"labels", "state", "active_at", "fires_in_seconds"}], "selectors": […],
/// "joins": […], "distances": […]}`.
std::string ExplanationJson(const rules::RuleStatus& rule, const std::string& where,
                            const Explanation& explanation, Timestamp now);

}  // namespace hakem::ruletools
