#pragma once

#include <string>
#include <vector>

#include "model/metric_family.h"
#include "model/time.h"

namespace hakem::bench {

/// The interval of the samples.
inline constexpr Duration kSampleInterval = std::chrono::seconds(15);

/// The time that the samples cover: more than the longest window of a rule.
inline constexpr Duration kSampleSpan = std::chrono::minutes(50);

/// Returns 20,000 series with their first values: gauges, counters and histograms of 50 jobs with
/// ten instances each.
std::vector<Sample> FirstSamples();

/// Sets the values that the samples have in a round, counted from 0. Counters and buckets only
/// grow.
void SetRound(std::vector<Sample>& samples, int round);

/// Whether rules have sub-expressions in common.
enum class Sharing {
  kNone,  ///< Each rule has selectors of its own.
  kMany,  ///< The selectors of a hundred rules are equal.
};

/// Returns a rule file with one group of so many alerting rules. Their shapes have the shares of
/// the expressions in published rule files; one rule in a hundred fires for all its series.
std::string RuleFile(int rules, Sharing sharing);

}  // namespace hakem::bench
