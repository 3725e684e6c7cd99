#include "web/gateway/descriptor_limit.h"

#include <sys/resource.h>

#include <algorithm>

namespace hakem::web {
namespace {

constexpr std::size_t kUseful = 32768;  // More descriptors would not be used.
constexpr std::size_t kMostWorkers = 64;
constexpr std::size_t kLeastWorkers = 4;
constexpr std::size_t kPerWorker = 3;  // Both ends of its connection, and one to wake it.
constexpr std::size_t kReserve = 96;   // For sessions, state files, receivers, listeners, the log.

}  // namespace

DescriptorPlan PlanDescriptors(std::size_t limit) {
  const std::size_t ours = limit - std::min(kReserve, limit / 2);
  DescriptorPlan plan;
  plan.workers = std::clamp(ours / 2 / kPerWorker, kLeastWorkers, kMostWorkers);
  plan.connections = std::max<std::size_t>(ours - std::min(ours, plan.workers * kPerWorker), 8);
  return plan;
}

std::size_t DescriptorLimit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) {
    return 1024;
  }
  return static_cast<std::size_t>(std::min<rlim_t>(limit.rlim_cur, kUseful));
}

}  // namespace hakem::web
