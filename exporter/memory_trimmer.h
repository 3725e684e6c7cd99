#pragma once

#include "model/time.h"

namespace hakem::exporter {

/// Configures the allocator to keep little free memory. To be called before a second thread starts.
void TuneAllocator();

/// Returns free memory to the system by malloc_trim. glibc by itself returns only the top of the
/// heap, and short-lived buffers between long-lived objects would stay resident. Takes a tenth of a
/// millisecond. Thread-safe.
void TrimMemory();

/// How often to call TrimMemory.
inline constexpr Duration kTrimInterval = std::chrono::seconds(10);

}  // namespace hakem::exporter
