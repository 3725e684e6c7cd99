#pragma once

#include <chrono>
#include <cstddef>
#include <functional>

#include "model/clock.h"
#include "model/time.h"
#include "promql/syntax/features.h"

namespace hakem::promql {

class SharedValues;

/// Limits and settings of an evaluation.
struct EngineOptions {
  Duration lookback =
      std::chrono::minutes(5);  ///< A sample is visible at t if it lies in (t - lookback, t].
  Duration default_step = std::chrono::minutes(1);  ///< Step of subqueries without one: `[1h:]`.
  std::size_t max_samples = 50'000'000;             ///< The most samples held in memory at once.
  Duration timeout = std::chrono::minutes(2);
  Features features = {};  ///< Only kDelayedNameRemoval affects evaluation.
  const Clock* clock = &SystemClock();
  std::function<bool()> cancelled = {};  ///< Polled now and then. Empty: never cancelled.
  bool counts_samples = false;           ///< Whether to fill Evaluation::samples.
  /// Values of sub-expressions that other queries at the same instant have too. Used by instant
  /// queries at its time. Requires: counts_samples is false. Null: nothing is shared.
  SharedValues* shared = nullptr;
  /// Gets the number of series that the selectors have found, also if the query fails. What another
  /// query has read for a shared value counts too. Null: they are not counted.
  std::size_t* series_read = nullptr;
};

}  // namespace hakem::promql
