#pragma once

#include <sys/resource.h>

#include <optional>

namespace hakem::process {

/// Raises this process's soft limit on open files (RLIMIT_NOFILE) to the hard limit, but not beyond
/// 32768. A ChildProcess gets the old soft limit, since programs that use select() may fail with a
/// higher one. Thread-safe.
void RaiseDescriptorLimit();

/// The soft limit before RaiseDescriptorLimit changed it; nothing if it was not changed.
/// Thread-safe.
std::optional<rlim_t> OriginalDescriptorLimit();

}  // namespace hakem::process
