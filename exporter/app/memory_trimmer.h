#pragma once

#include "model/time.h"

namespace hakem::exporter {

/// Makes the allocator keep less free memory. Called before a second thread starts.
void TuneAllocator();

/// Returns free memory to the system. glibc by itself returns only the top of each heap, so that
/// short-lived buffers between long-lived objects stay resident. Takes 0.1 ms. Thread-safe.
void TrimMemory();

/// How often to call TrimMemory.
inline constexpr Duration kTrimInterval = std::chrono::seconds(10);

}  // namespace hakem::exporter
