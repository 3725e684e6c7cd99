#pragma once

#include <algorithm>
#include <cstddef>

#include "web/gateway/descriptor_limit.h"

namespace hakem {

/// Returns how many connections a test can have to a server in its own process: `wanted`, or fewer
/// if descriptors are scarce, but always more than that server has workers.
inline std::size_t MoreThanWorkers(std::size_t wanted) {
  constexpr std::size_t kPerConnection = 3;  // Both ends, and a share of all others.
  const std::size_t limit = web::DescriptorLimit();
  return limit / kPerConnection > wanted
             ? wanted
             : std::min(wanted, web::PlanDescriptors(limit).workers * 3 / 2 + 4);
}

}  // namespace hakem
