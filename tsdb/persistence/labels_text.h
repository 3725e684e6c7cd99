#pragma once

#include <string>
#include <string_view>

#include "model/labels.h"
#include "model/result.h"

namespace hakem::tsdb {

/// Encodes labels as bytes: each name and each value after its size (32 bits, big-endian).
std::string ToBytes(const Labels& labels);

/// Decodes what ToBytes returned. Errors: kInvalidInput: the bytes are damaged.
Result<Labels> LabelsFromBytes(std::string_view bytes);

}  // namespace hakem::tsdb
