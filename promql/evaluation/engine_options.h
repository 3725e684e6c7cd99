#pragma once

#include <chrono>
#include <cstddef>
#include <functional>

#include "model/clock.h"
#include "model/time.h"
#include "promql/syntax/features.h"

namespace hakem::promql {

/// What bounds an evaluation and what it takes for granted.
struct EngineOptions {
  Duration lookback = std::chrono::minutes(5);  ///< A sample counts at t when in (t - lookback, t].
  Duration default_step = std::chrono::minutes(1);  ///< Of subqueries without one: `[1h:]`.
  std::size_t max_samples = 50'000'000;             ///< Held at once.
  Duration timeout = std::chrono::minutes(2);
  Features features = {};  ///< Of which kDelayedNameRemoval matters here.
  const Clock* clock = &SystemClock();
  std::function<bool()> cancelled = {};  ///< Asked now and then; empty: never.
  bool counts_samples = false;           ///< For Evaluation::samples.
};

}  // namespace hakem::promql
