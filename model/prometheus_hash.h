#pragma once

#include <cstdint>

#include "model/labels.h"

namespace hakem {

/// Returns Prometheus' hash of labels, by which limit_ratio() chooses series: XXH64 of all names
/// and values, each preceded by its length.
std::uint64_t PrometheusHash(const Labels& labels);

}  // namespace hakem
