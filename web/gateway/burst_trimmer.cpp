#include "web/gateway/burst_trimmer.h"

#include <malloc.h>

#include <algorithm>

namespace hakem::web {
namespace {

constexpr std::size_t kManyAnswers = 500;
constexpr std::size_t kManyBytes = 4 << 20;
constexpr std::size_t kCalmBytes = 1 << 20;
constexpr Duration kPause = std::chrono::seconds(5);

}  // namespace

void BurstTrimmer::Tick(SteadyTime now, std::size_t used_bytes, bool is_idle) {
  most_used_bytes_ = std::max(most_used_bytes_, used_bytes);
  const bool was_busy = answered_ >= kManyAnswers || most_used_bytes_ >= kManyBytes;
  const bool is_calm = is_idle && used_bytes <= std::max(most_used_bytes_ / 4, kCalmBytes);
  if (was_busy && is_calm && now >= next_trim_) {
    malloc_trim(0);
    next_trim_ = now + kPause;
    most_used_bytes_ = 0;
    answered_ = 0;
  }
}

}  // namespace hakem::web
