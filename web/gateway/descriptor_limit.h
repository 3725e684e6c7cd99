#pragma once

#include <cstddef>

namespace hakem::web {

/// How the file descriptors of the process are divided.
struct DescriptorPlan {
  std::size_t workers = 0;      ///< HTTP workers; each takes three descriptors.
  std::size_t connections = 0;  ///< The most connections of clients.
};

/// `limit` is RLIMIT_NOFILE. Keeps some descriptors for the database, files and receivers. Pure.
DescriptorPlan PlanDescriptors(std::size_t limit);

/// Raises the soft limit on file descriptors, up to the hard limit or to 32,768, and returns the
/// limit in force. To be called once, before the first connection.
std::size_t RaiseDescriptorLimit();

}  // namespace hakem::web
