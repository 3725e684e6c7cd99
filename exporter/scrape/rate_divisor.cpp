#include "exporter/scrape/rate_divisor.h"

#include <algorithm>
#include <numeric>

namespace hakem::exporter {
namespace {

using collectors::Priority;

constexpr int kSlowest = 16;
constexpr double kRoomToSpeedUp = 0.8;

double ShareOf(const CollectorCost& cost, int pace) {
  return cost.seconds_per_round / cost.interval_seconds / pace;
}

/// The indexes of what may be slowed, in the order in which it is.
std::vector<std::size_t> SlowingOrder(std::span<const CollectorCost> costs) {
  std::vector<std::size_t> order(costs.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::erase_if(order, [&](std::size_t i) { return costs[i].priority == Priority::kEssential; });
  std::stable_sort(order.begin(), order.end(), [&](std::size_t left, std::size_t right) {
    return costs[left].priority != costs[right].priority
               ? costs[left].priority < costs[right].priority
               : ShareOf(costs[left], 1) > ShareOf(costs[right], 1);
  });
  return order;
}

/// What fits `share`, whatever the pace is now.
std::vector<int> Fitting(std::span<const CollectorCost> costs, double share) {
  // Slowing what costs next to nothing would lose values and gain nothing.
  const double worth = share / 10;
  std::vector<int> paces(costs.size(), 1);
  double total = 0;
  for (const CollectorCost& cost : costs) {
    total += ShareOf(cost, 1);
  }
  for (const std::size_t i : SlowingOrder(costs)) {
    while (total > share && paces[i] < kSlowest && ShareOf(costs[i], paces[i]) > worth) {
      total -= ShareOf(costs[i], paces[i]);
      paces[i] *= 2;
      total += ShareOf(costs[i], paces[i]);
    }
  }
  return paces;
}

}  // namespace

double CostShare(std::span<const CollectorCost> costs) {
  double total = 0;
  for (const CollectorCost& cost : costs) {
    total += ShareOf(cost, cost.pace);
  }
  return total;
}

std::vector<int> RateDivisorsWithin(std::span<const CollectorCost> costs, double share) {
  if (share <= 0) {
    return std::vector<int>(costs.size(), 1);
  }
  std::vector<int> paces = Fitting(costs, share);
  const std::vector<int> roomy = Fitting(costs, share * kRoomToSpeedUp);
  for (std::size_t i = 0; i < costs.size(); ++i) {
    paces[i] = std::clamp(costs[i].pace, std::min(paces[i], roomy[i]), roomy[i]);
  }
  return paces;
}

int RateDivisor::Of(const collectors::CollectorSpec* spec) const {
  const MutexLock lock(mutex_);
  const auto found = slowed_.find(spec);
  return found == slowed_.end() ? 1 : found->second;
}

void RateDivisor::Set(const collectors::CollectorSpec* spec, int pace) {
  const MutexLock lock(mutex_);
  slowed_[spec] = pace;
}

}  // namespace hakem::exporter
