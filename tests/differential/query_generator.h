#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "promql/evaluation/functions/functions.h"
#include "promql/syntax/ast.h"
#include "promql/syntax/features.h"
#include "tests/differential/random.h"

namespace hakem::differential {

/// Generates random queries by PromQL's grammar over the series of a History. Most are well typed
/// and select something; some fail to parse or to evaluate.
class QueryGenerator {
 public:
  /// `unused_functions`: names of functions that are not called. `features`: experimental features
  /// to be used.
  QueryGenerator(Random& random, const std::vector<std::string>& unused_functions,
                 promql::Features features);

  /// Returns an expression of any type.
  std::string Any();

  /// Returns a scalar or an instant vector, which range queries accept.
  std::string Plottable();

  /// Returns Any() with a few characters or words removed, doubled, replaced or inserted.
  std::string Garbled();

 private:
  // `depth`: how many more levels may nest.
  std::string Vector(int depth);
  std::string Range(int depth);
  std::string Scalar(int depth);
  std::string Text();
  std::string OfType(promql::ValueType type, int depth);

  std::string Selector();
  std::string Matchers();
  std::string Shift();
  std::string Length();
  std::string Aggregation(int depth);
  std::string Call(const std::vector<const promql::FunctionSpec*>& functions, int depth);
  std::string Joined(int depth);
  std::string Matching();
  std::string Names();
  std::string Number();
  std::string BinaryScalar(int depth);
  std::string LabelFunction(int depth);
  std::string InfoCall(int depth);
  std::string SortByLabel(std::string_view name, int depth);
  std::string DurationExpression(int depth);

  Random& random_;
  const promql::Features features_;
  std::vector<const promql::FunctionSpec*> vector_functions_;
  std::vector<const promql::FunctionSpec*> scalar_functions_;
};

}  // namespace hakem::differential
