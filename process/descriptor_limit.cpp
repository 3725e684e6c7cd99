#include "process/descriptor_limit.h"

#include <algorithm>

#include "model/mutex.h"

namespace hakem::process {
namespace {

constexpr rlim_t kUseful = 32768;

/// The limit belongs to the process, so its old value does too.
struct Original {
  Mutex mutex;
  std::optional<rlim_t> limit GUARDED_BY(mutex);
};

Original& TheOriginal() {
  static Original original;
  return original;
}

}  // namespace

void RaiseDescriptorLimit() {
  Original& original = TheOriginal();
  const MutexLock lock(original.mutex);
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) {
    return;
  }
  const rlim_t before = limit.rlim_cur;
  limit.rlim_cur = std::max(before, std::min(limit.rlim_max, kUseful));
  if (limit.rlim_cur != before && setrlimit(RLIMIT_NOFILE, &limit) == 0 && !original.limit) {
    original.limit = before;
  }
}

std::optional<rlim_t> OriginalDescriptorLimit() {
  Original& original = TheOriginal();
  const MutexLock lock(original.mutex);
  return original.limit;
}

}  // namespace hakem::process
