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
  double seconds_per_round = 0;  ///< Database time, averaged over rounds.
  double interval_seconds = 1;   ///< The interval of its lane.
  int rate_divisor = 1;          ///< The present one: n means that it runs in every n-th round.
};

/// The share of one core that the collectors use at their present rate divisors.
double CostShare(std::span<const CollectorCost> costs);

/// The rate divisors, in the order of `costs`, with which all collectors together cost at most
/// `share` of one core. Collectors with the lowest priority are slowed first, among these the most
/// expensive ones, by powers of two up to 16; essential ones are never slowed. A collector speeds
/// up again only if that leaves a fifth of the share free, so that divisors do not oscillate.
/// `share` 0: no limit.
std::vector<int> RateDivisorsWithin(std::span<const CollectorCost> costs, double share);

/// The rate divisors in force: set when rounds end, read when rounds begin. Thread-safe.
class RateDivisorTable {
 public:
  /// 1 unless one was set: the collector runs in every round.
  int Of(const collectors::CollectorSpec* spec) const;

  void Set(const collectors::CollectorSpec* spec, int rate_divisor);

 private:
  mutable Mutex mutex_;
  std::map<const collectors::CollectorSpec*, int> divisors_ GUARDED_BY(mutex_);
};

}  // namespace hakem::exporter
