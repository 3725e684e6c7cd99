#include "exporter/memory_trimmer.h"

#include <malloc.h>
#include <sys/resource.h>

namespace hakem::exporter {
namespace {

/// The number of heaps (arenas) that all threads share. glibc would make up to eight for each core,
/// and each would keep the memory of the largest page that was once built in it.
constexpr int kHeaps = 2;
/// A second one takes 64 MiB of address space, which `ulimit -v` may limit.
constexpr int kHeapsWithinAddressLimit = 1;
/// Blocks larger than this are returned to the system when they are freed. Fixed, because glibc
/// would raise this threshold by itself and keep more free memory in the heaps.
constexpr int kMmapThresholdBytes = 256 << 10;
/// Free memory that may stay at the top of a heap until the next trim, so that consecutive queries
/// of a thousand series need not get new pages from the system each time.
constexpr int kTrimThresholdBytes = 4 << 20;

bool HasAddressLimit() {
  rlimit limit{};
  return getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY;
}

}  // namespace

void TuneAllocator() {
  mallopt(M_ARENA_MAX, HasAddressLimit() ? kHeapsWithinAddressLimit : kHeaps);
  mallopt(M_MMAP_THRESHOLD, kMmapThresholdBytes);
  mallopt(M_TRIM_THRESHOLD, kTrimThresholdBytes);
}

void TrimMemory() {
  malloc_trim(0);
}

}  // namespace hakem::exporter
