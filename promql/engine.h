#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "model/result.h"
#include "model/time.h"
#include "promql/evaluation/annotations.h"
#include "promql/evaluation/engine_options.h"
#include "promql/syntax/ast.h"
#include "promql/value.h"
#include "tsdb/series/queryable.h"

namespace hakem::promql {

/// How many samples a query looked at, as Prometheus counts them.
struct SampleCounts {
  struct AtStep {
    Timestamp time;
    /// The values that selectors found and the sizes of the windows that functions saw. Of a
    /// subquery a function sees its values alone; where nothing but a subquery is asked for, it
    /// counts what they were made of.
    std::uint64_t samples = 0;
  };

  std::vector<AtStep> per_step;  ///< Empty unless it was asked for.
  std::size_t peak = 0;          ///< The most that were held at once.

  std::uint64_t Total() const;
};

/// A query's value and what its author should know.
struct Evaluation {
  Value value;
  Annotations annotations;
  SampleCounts samples;
};

/// Evaluates at one instant. A range vector yields a Matrix of the samples themselves.
///
/// Errors: kInvalidInput: the data does not fit the query (many-to-many matching, duplicate label
/// sets) or there are too many samples, in Prometheus' words. kTimeout. kUnavailable: cancelled.
Result<Evaluation> EvaluateInstant(const Expr& expr, const tsdb::Queryable& data, Timestamp time,
                                   const EngineOptions& options = {});

/// Instants from `start` to at most `end`, both included. Requires: start <= end, step > 0.
struct StepRange {
  Timestamp start;
  Timestamp end;
  Duration step;
};

/// Evaluates at each step; the value is a Matrix, also when the expression is a scalar. Errors: as
/// EvaluateInstant; kInvalidInput when the expression is neither scalar nor instant vector.
Result<Evaluation> EvaluateRange(const Expr& expr, const tsdb::Queryable& data,
                                 const StepRange& range, const EngineOptions& options = {});

}  // namespace hakem::promql
