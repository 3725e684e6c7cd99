#pragma once

#include "model/time.h"

namespace hakem::exporter {

/// Makes the allocator keep less memory that is free. To be called before a second thread starts.
void TuneAllocator();

/// Gives free memory back to the system: what a round of collecting or a query needs for a moment
/// lies between what stays, and the allocator gives back by itself only what is at the end. Takes a
/// tenth of a millisecond. Thread-safe.
void TrimMemory();

/// How often that is worth it, whether or not anything is collected.
inline constexpr Duration kTrimInterval = std::chrono::seconds(10);

}  // namespace hakem::exporter
