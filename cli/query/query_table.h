#pragma once

#include <string>

#include "promql/value.h"

namespace hakem::cli {

/// Formats a query's value for people: an aligned line for each element of a vector; each series of
/// a matrix with its points below it. Ends with a newline. `no data` if there is none.
std::string FormatQueryTable(const promql::Value& value);

/// Formats a value with the fewest digits that mean the same number.
std::string FormatQueryNumber(double value);

}  // namespace hakem::cli
