#pragma once

#include <cstddef>

namespace hakem::web {

/// How the descriptors that a process may have are shared out.
struct DescriptorPlan {
  std::size_t workers = 0;      ///< HTTP workers; each takes three descriptors.
  std::size_t connections = 0;  ///< Of clients, at most.
};

/// Pure. `limit` is RLIMIT_NOFILE; some of it is left to the database, files and receivers.
DescriptorPlan PlanDescriptors(std::size_t limit);

/// The soft limit on descriptors of this process, or the largest that a server can use.
std::size_t DescriptorLimit();

}  // namespace hakem::web
