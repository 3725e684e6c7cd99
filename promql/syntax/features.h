#pragma once

#include <span>
#include <string>
#include <vector>

#include "model/result.h"

namespace hakem::promql {

/// Experimental parts of Prometheus' language. Each is off unless it is enabled by name.
enum class Feature : unsigned {
  kExperimentalFunctions,   ///< `mad_over_time(x[5m])`, `limitk(2, x)`, …
  kDurationExpressions,     ///< Durations are computed: `x[5m + step()]`, `x offset (2 * 1h)`
  kExtendedRangeSelectors,  ///< `x[5m] anchored`, `x smoothed`
  kFillModifiers,           ///< `a + fill(0) b`
  kDelayedNameRemoval,      ///< Metric names are dropped when the query ends, not at once.
};

/// A set of features.
class Features {
 public:
  constexpr Features() = default;

  static Features All();

  constexpr bool Has(Feature feature) const { return (bits_ & Bit(feature)) != 0; }

  constexpr Features With(Feature feature) const {
    Features more = *this;
    more.bits_ |= Bit(feature);
    return more;
  }

  constexpr Features With(Features others) const {
    Features more = *this;
    more.bits_ |= others.bits_;
    return more;
  }

  constexpr bool operator==(const Features&) const = default;

 private:
  static constexpr unsigned Bit(Feature feature) { return 1U << static_cast<unsigned>(feature); }

  unsigned bits_ = 0;
};

/// Returns the features' names: "promql-duration-expr" and so on.
std::vector<std::string> Names(Features features);

/// Parses values of `--enable-feature`, each a list of names separated by commas.
/// Errors: kInvalidInput: an unknown name; the message has the nearest known one.
Result<Features> FeaturesNamed(std::span<const std::string> lists);

}  // namespace hakem::promql
