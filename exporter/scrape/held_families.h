#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "model/metric_family.h"
#include "model/time.h"

namespace hakem::exporter {

/// The families of one collector's last success. They outlive its failures for the hold time, so
/// that a short failure leaves no gap, and then end.
class HeldFamilies {
 public:
  explicit HeldFamilies(Duration hold) : hold_(hold) {}

  void Put(std::vector<MetricFamily> families, SteadyTime now);

  /// Changes the hold time; it counts from the last Put.
  void SetHold(Duration hold) { hold_ = hold; }

  /// The families of the last Put; empty once the hold time has passed.
  std::span<const MetricFamily> Get(SteadyTime now) const;

 private:
  Duration hold_;
  std::vector<MetricFamily> families_;
  SteadyTime put_{};
};

/// The hold time of values that are collected once per interval. It is three intervals, but at most
/// four minutes, because Prometheus forgets a series after five; and at least until a minute after
/// the next value was due, unless that is later than three intervals.
Duration HoldTime(Duration interval);

/// Merges the families of all collectors into the list of a snapshot. Kept between snapshots to
/// reuse merged samples. Used by one thread at a time.
class FamilyMerger {
 public:
  /// Returns the families sorted by name, each name once. If a series occurs twice, its first value
  /// is kept. A family whose samples did not change shares its merged samples with the last result.
  std::vector<MetricFamily> Merge(std::vector<MetricFamily> families);

 private:
  /// A family that several collectors write.
  struct Merged {
    std::vector<Samples> parts;
    Samples samples;
  };

  std::map<std::string, Merged> last_;  ///< By name.
};

}  // namespace hakem::exporter
