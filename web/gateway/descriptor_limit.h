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

/// The soft limit on descriptors of this process, or the largest that a server can use.
std::size_t DescriptorLimit();

}  // namespace hakem::web
