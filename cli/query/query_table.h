#pragma once

#include <string>

#include "promql/value.h"

namespace hakem::exporter {

/// A query's value for people: a line for each element, columns aligned; of a matrix each series
/// with its points below it. Ends with a newline; `no data` when there is none.
std::string FormatQueryTable(const promql::Value& value);

/// A value as people read it: the shortest digits that mean the same number.
std::string FormatQueryNumber(double value);

}  // namespace hakem::exporter
