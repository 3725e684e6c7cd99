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

/// How many samples a query has read, as Prometheus counts them.
struct SampleCounts {
  struct AtStep {
    Timestamp time;
    /// The number of values that selectors returned, plus the sizes of the windows that functions
    /// read. For a subquery below a function, only the subquery's values count; for a subquery at
    /// the top, the samples that it has read.
    std::uint64_t samples = 0;
  };

  std::vector<AtStep> per_step;  ///< Empty unless EngineOptions::counts_samples.
  std::size_t peak = 0;          ///< The largest number held in memory at once.

  std::uint64_t Total() const;
};

/// A query's value with its warnings and statistics.
struct Evaluation {
  Value value;
  Annotations annotations;
  SampleCounts samples;
};

/// Evaluates a query at one instant. The value of a range vector is a Matrix of its samples.
///
/// Errors: kInvalidInput, with Prometheus' message: the data does not fit the query (many-to-many
/// matching, duplicate label sets), or there are too many samples. kTimeout. kUnavailable: the
/// query was cancelled.
Result<Evaluation> EvaluateInstant(const Expr& expr, const tsdb::Queryable& data, Timestamp time,
                                   const EngineOptions& options = {});

/// The instants from `start` to `end`, both included. Requires: start <= end, step > 0.
struct StepRange {
  Timestamp start;
  Timestamp end;
  Duration step;
};

/// Evaluates a query at each step. The value is always a Matrix, also for scalars. Errors: those of
/// EvaluateInstant; kInvalidInput when the expression is neither a scalar nor an instant vector.
Result<Evaluation> EvaluateRange(const Expr& expr, const tsdb::Queryable& data,
                                 const StepRange& range, const EngineOptions& options = {});

}  // namespace hakem::promql
