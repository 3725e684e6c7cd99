#include "exporter/scrape/rate_divisor.h"

#include <algorithm>
#include <numeric>

namespace hakem::exporter {
namespace {

using collectors::Priority;

constexpr int kSlowest = 16;
constexpr double kShareToSpeedUp = 0.8;

double ShareOf(const CollectorCost& cost, int rate_divisor) {
  return cost.seconds_per_round / cost.interval_seconds / rate_divisor;
}

/// The indexes of the collectors that may be slowed, in the order in which that happens.
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

/// The divisors that keep `share`, whatever the present ones are.
std::vector<int> Fitting(std::span<const CollectorCost> costs, double share) {
  // Slowing a cheap collector would lose values without saving anything.
  const double worth = share / 10;
  std::vector<int> divisors(costs.size(), 1);
  double total = 0;
  for (const CollectorCost& cost : costs) {
    total += ShareOf(cost, 1);
  }
  for (const std::size_t i : SlowingOrder(costs)) {
    while (total > share && divisors[i] < kSlowest && ShareOf(costs[i], divisors[i]) > worth) {
      total -= ShareOf(costs[i], divisors[i]);
      divisors[i] *= 2;
      total += ShareOf(costs[i], divisors[i]);
    }
  }
  return divisors;
}

}  // namespace

double CostShare(std::span<const CollectorCost> costs) {
  double total = 0;
  for (const CollectorCost& cost : costs) {
    total += ShareOf(cost, cost.rate_divisor);
  }
  return total;
}

std::vector<int> RateDivisorsWithin(std::span<const CollectorCost> costs, double share) {
  if (share <= 0) {
    return std::vector<int>(costs.size(), 1);
  }
  std::vector<int> divisors = Fitting(costs, share);
  const std::vector<int> relaxed = Fitting(costs, share * kShareToSpeedUp);
  for (std::size_t i = 0; i < costs.size(); ++i) {
    divisors[i] = std::clamp(costs[i].rate_divisor, std::min(divisors[i], relaxed[i]), relaxed[i]);
  }
  return divisors;
}

int RateDivisorTable::Of(const collectors::CollectorSpec* spec) const {
  const MutexLock lock(mutex_);
  const auto found = divisors_.find(spec);
  return found == divisors_.end() ? 1 : found->second;
}

void RateDivisorTable::Set(const collectors::CollectorSpec* spec, int rate_divisor) {
  const MutexLock lock(mutex_);
  divisors_[spec] = rate_divisor;
}

}  // namespace hakem::exporter
