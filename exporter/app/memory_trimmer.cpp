#include "exporter/app/memory_trimmer.h"

#include <malloc.h>
#include <sys/resource.h>

namespace hakem::exporter {
namespace {

/// The number of heaps that all threads share. glibc would make up to eight per core, and each
/// keeps the memory of the largest page that was ever made in it.
constexpr int kHeaps = 2;
/// Each further heap reserves 64 MiB of address space, which may be limited.
constexpr int kHeapsIfAddressesAreLimited = 1;
/// Larger blocks are returned to the system as soon as they are freed. glibc would raise this by
/// itself, and much free memory would stay in the heaps.
constexpr int kReturnAtOnceBytes = 256 << 10;
/// At most this much stays free at the top of a heap. With less, each of several queries of a
/// thousand series would get its pages from the system again.
constexpr int kKeptBytes = 4 << 20;

bool AddressesAreLimited() {
  rlimit limit{};
  return getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY;
}

}  // namespace

void TuneAllocator() {
  mallopt(M_ARENA_MAX, AddressesAreLimited() ? kHeapsIfAddressesAreLimited : kHeaps);
  mallopt(M_MMAP_THRESHOLD, kReturnAtOnceBytes);
  mallopt(M_TRIM_THRESHOLD, kKeptBytes);
}

void TrimMemory() {
  malloc_trim(0);
}

}  // namespace hakem::exporter
