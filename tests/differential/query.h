#pragma once

#include <optional>
#include <string>

#include "promql/engine.h"

namespace hakem::differential {

/// A query at one instant, or over a range.
struct Query {
  std::string expr;
  Timestamp time;                          ///< Of an instant query.
  std::optional<promql::StepRange> range;  ///< Of a range query.

  /// For people: `expr` and when.
  std::string ToString() const;

  /// The request of Prometheus' HTTP API, with `expr` escaped, and its statistics asked for.
  std::string Path() const;
};

}  // namespace hakem::differential
