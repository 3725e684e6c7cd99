#pragma once

#include <cstddef>

#include "promql/evaluation/annotations.h"
#include "promql/evaluation/engine_options.h"
#include "promql/syntax/ast.h"
#include "tsdb/series/queryable.h"

namespace hakem::promql {

/// State shared by all parts of one evaluation. Used by one thread.
class QueryContext {
 public:
  QueryContext(const tsdb::Queryable& data, const EngineOptions& options, const QueryTimes& times);

  const tsdb::Queryable& data() const { return data_; }

  const EngineOptions& options() const { return options_; }

  /// The values of `start()`, `end()` and `step()`.
  const QueryTimes& times() const { return times_; }

  Annotations& annotations() { return annotations_; }

  /// Throws QueryError when the query was cancelled or has timed out. Cheap enough to be called for
  /// every node and series: it reads the clock only now and then.
  void CheckRunning();

  /// Adds to the number of samples held in memory. Throws QueryError beyond the limit.
  void Hold(std::size_t samples);

  /// Throws QueryError when rows x steps values would exceed the limit of samples. Rows take memory
  /// for every step, also for steps without a value.
  void CheckRoom(std::size_t rows, std::size_t steps) const;

  std::size_t held() const { return held_; }

  /// Resets the number of held samples to an earlier held().
  void ReleaseTo(std::size_t held) { held_ = held; }

  /// Adds series that a selector has found.
  void CountSeries(std::size_t series);

  /// The number of series that selectors have found so far.
  std::size_t series_read() const { return series_read_; }

  /// The largest number of samples held at once.
  std::size_t peak() const { return peak_; }

 private:
  const tsdb::Queryable& data_;
  const EngineOptions& options_;
  const QueryTimes times_;
  const SteadyTime deadline_;
  Annotations annotations_;
  std::size_t held_ = 0;
  std::size_t peak_ = 0;
  std::size_t series_read_ = 0;
  std::size_t checks_ = 0;
};

}  // namespace hakem::promql
