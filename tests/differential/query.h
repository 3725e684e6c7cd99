#pragma once

#include <optional>
#include <string>

#include "promql/engine.h"

namespace hakem::differential {

/// A query at one instant, or over a range.
struct Query {
  std::string expr;
  Timestamp time;                          ///< When an instant query is evaluated.
  std::optional<promql::StepRange> range;  ///< The steps of a range query.

  /// Describes the query for messages: `expr` and its time.
  std::string ToString() const;

  /// Returns the request for Prometheus' HTTP API, with `expr` escaped and `stats=all`.
  std::string Path() const;
};

}  // namespace hakem::differential
