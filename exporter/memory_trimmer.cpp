#include "exporter/memory_trimmer.h"

#include <malloc.h>
#include <sys/resource.h>

namespace hakem::exporter {
namespace {

/// Heaps that all threads share. glibc would make up to eight a core, and each keeps what a page of
/// megabytes was once made in.
constexpr int kHeaps = 2;
/// A second one takes 64 MiB of addresses, which may be counted.
constexpr int kHeapsWhereAddressesCount = 1;
/// A block that is larger is given back to the system as soon as it is freed. glibc would raise
/// this by itself, and much that is free would stay in the heaps.
constexpr int kGivenBackBytes = 256 << 10;
/// So much may stay free at the end of a heap until the next interval: else each of several queries
/// of a thousand series would have its pages made anew.
constexpr int kKeptBytes = 4 << 20;

bool AddressesCount() {
  rlimit limit{};
  return getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY;
}

}  // namespace

void TuneAllocator() {
  mallopt(M_ARENA_MAX, AddressesCount() ? kHeapsWhereAddressesCount : kHeaps);
  mallopt(M_MMAP_THRESHOLD, kGivenBackBytes);
  mallopt(M_TRIM_THRESHOLD, kKeptBytes);
}

void TrimMemory() {
  malloc_trim(0);
}

}  // namespace hakem::exporter
