#pragma once

#include <optional>
#include <string>

#include "model/time.h"
#include "promql/syntax/features.h"

namespace hakem::exporter {

struct QueryOptions {
  std::string expr;
  std::string time;               ///< Of the value, or the end of the range; empty: now.
  std::optional<Duration> range;  ///< Evaluate over so long a time, not at one instant.
  std::optional<Duration> step;   ///< Between the points of a range; else some 200 of them.
  std::string server = "http://127.0.0.1:9187";
  std::string output = "table";  ///< Or `json` or `graph`.
  std::string data;              ///< An OpenMetrics file to ask instead of a server.
  promql::Features features;     ///< With `data`: what is experimental and may be used.
};

/// `hakem query`: asks a server that speaks Prometheus' API, or evaluates over a file. Errors point
/// at the place in the expression.
int Query(const QueryOptions& options);

}  // namespace hakem::exporter
