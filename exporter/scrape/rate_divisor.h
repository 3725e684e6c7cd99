#pragma once

#include <map>
#include <span>
#include <vector>

#include "collectors/core/collector.h"
#include "model/mutex.h"

namespace hakem::exporter {

/// What one collector costs the database.
struct CollectorCost {
  collectors::Priority priority = collectors::Priority::kOrdinary;
  double seconds_per_round = 0;  ///< Of database time, averaged.
  double interval_seconds = 1;   ///< Of its lane.
  int pace = 1;                  ///< Of how many rounds it takes part in one now.
};

/// The share of one core that these cost at their pace.
double CostShare(std::span<const CollectorCost> costs);

/// Of how many rounds each should take part in one, so that together they cost at most `share` of a
/// core: the least important ones are slowed first, of these the costliest, by twos up to 16;
/// essential ones never. What is slowed gets faster again only where that leaves a fifth of the
/// share free, so that nothing swings. A share of 0 is no limit.
std::vector<int> RateDivisorsWithin(std::span<const CollectorCost> costs, double share);

/// How fast each collector goes now, told from the thread that decides to those that collect.
/// Thread-safe.
class RateDivisor {
 public:
  /// Of how many rounds the collector takes part in one.
  int Of(const collectors::CollectorSpec* spec) const;

  void Set(const collectors::CollectorSpec* spec, int pace);

 private:
  mutable Mutex mutex_;
  std::map<const collectors::CollectorSpec*, int> slowed_ GUARDED_BY(mutex_);
};

}  // namespace hakem::exporter
