#pragma once

#include <cstddef>

#include "promql/evaluation/annotations.h"
#include "promql/evaluation/engine_options.h"
#include "promql/syntax/ast.h"
#include "tsdb/series/queryable.h"

namespace hakem::promql {

/// What all parts of one evaluation share. Used by one thread.
class QueryContext {
 public:
  QueryContext(const tsdb::Queryable& data, const EngineOptions& options, const QueryTimes& times);

  const tsdb::Queryable& data() const { return data_; }

  const EngineOptions& options() const { return options_; }

  /// `start()`, `end()` and `step()`.
  const QueryTimes& times() const { return times_; }

  Annotations& annotations() { return annotations_; }

  /// Throws QueryError when the query was cancelled or has taken too long. Cheap: called for every
  /// node and series, it looks at the clock now and then.
  void CheckRunning();

  /// Counts samples that are held from now on. Throws QueryError when they are too many.
  void Hold(std::size_t samples);

  /// Rows of values take room for each step, also for those without a sample. Throws QueryError
  /// when there is not room for that many samples.
  void CheckRoom(std::size_t rows, std::size_t steps) const;

  std::size_t held() const { return held_; }

  /// Goes back to an earlier held().
  void ReleaseTo(std::size_t held) { held_ = held; }

  /// The most that were held at once.
  std::size_t peak() const { return peak_; }

 private:
  const tsdb::Queryable& data_;
  const EngineOptions& options_;
  const QueryTimes times_;
  const SteadyTime deadline_;
  Annotations annotations_;
  std::size_t held_ = 0;
  std::size_t peak_ = 0;
  std::size_t checks_ = 0;
};

}  // namespace hakem::promql
