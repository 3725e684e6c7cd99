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

/// Raises the soft limit on descriptors to the hard one, as far as there is use for them, and
/// returns what is in force. To be called once, before the first connection.
std::size_t RaiseDescriptorLimit();

}  // namespace hakem::web
