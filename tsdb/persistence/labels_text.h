#pragma once

#include <string>
#include <string_view>

#include "model/labels.h"
#include "model/result.h"

namespace hakem::tsdb {

/// Labels as bytes: each name and each value with its size (32 bits, the highest byte first) before
/// it.
std::string ToBytes(const Labels& labels);

/// Errors: kInvalidInput: ToBytes has not made these.
Result<Labels> LabelsFromBytes(std::string_view bytes);

}  // namespace hakem::tsdb
