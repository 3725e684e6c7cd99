#pragma once

#include <string>
#include <variant>
#include <vector>

#include "model/labels.h"
#include "model/time.h"
#include "tsdb/series/queryable.h"

namespace hakem::promql {

struct Scalar {
  Timestamp time;
  double value = 0;
};

struct Text {
  Timestamp time;
  std::string value;
};

struct VectorElement {
  Labels labels;
  Timestamp time;
  double value = 0;
};

/// One value for each series; label sets are unique. The order is meaningful only after sort(),
/// topk() and similar functions.
using Vector = std::vector<VectorElement>;

struct MatrixRow {
  Labels labels;
  std::vector<tsdb::Point> points;  ///< Oldest first, not empty.
};

/// Several values for each series, sorted by labels.
using Matrix = std::vector<MatrixRow>;

/// The result of a query.
using Value = std::variant<Scalar, Vector, Matrix, Text>;

}  // namespace hakem::promql
