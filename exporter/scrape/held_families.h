#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "model/metric_family.h"
#include "model/time.h"

namespace hakem::exporter {

/// One collector's last good families, which outlive its failures for the hold and then end:
/// values that nobody has confirmed for longer are not told.
class HeldFamilies {
 public:
  explicit HeldFamilies(Duration hold) : hold_(hold) {}

  void Put(std::vector<MetricFamily> families, SteadyTime now);

  /// Changes how long it is from the last Put on.
  void SetHold(Duration hold) { hold_ = hold; }

  /// What was put last; empty from `hold` after that on.
  std::span<const MetricFamily> Get(SteadyTime now) const;

 private:
  Duration hold_;
  std::vector<MetricFamily> families_;
  SteadyTime put_{};
};

/// How long values are held that are taken once an interval: three intervals, at most four minutes,
/// which is less than the five after which Prometheus forgets a series; but always until a minute
/// after the next should have come.
Duration HoldOf(Duration interval);

/// Makes one list of many, again and again. Used by one thread at a time.
class FamilyMerger {
 public:
  /// Sorted by name: families of the same name become one; a series that stands in two of them
  /// keeps the first value. What is made of the same samples as the last time is shared with it.
  std::vector<MetricFamily> Merge(std::vector<MetricFamily> families);

 private:
  /// A family that was made of several.
  struct Merged {
    std::vector<Samples> parts;
    Samples samples;
  };

  std::map<std::string, Merged> last_;  ///< By name.
};

}  // namespace hakem::exporter
