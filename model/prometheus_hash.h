#pragma once

#include <cstdint>

#include "model/labels.h"

namespace hakem {

/// The hash that Prometheus gives to labels, by which its limit_ratio() chooses among series: XXH64
/// of all names and values, each after its length.
std::uint64_t PrometheusHash(const Labels& labels);

}  // namespace hakem
