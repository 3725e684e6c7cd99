#pragma once

#include <span>
#include <string>
#include <vector>

#include "model/result.h"

namespace hakem::promql {

/// What is experimental in Prometheus. Each is off until it is asked for by its name there.
enum class Feature : unsigned {
  kExperimentalFunctions,   ///< `mad_over_time(x[5m])`, `limitk(2, x)`, …
  kDurationExpressions,     ///< `x[5m + step()]`, `x offset (2 * 1h)`
  kExtendedRangeSelectors,  ///< `x[5m] anchored`, `x smoothed`
  kFillModifiers,           ///< `a + fill(0) b`
  kDelayedNameRemoval,      ///< Metric names go when the query ends, not at once.
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

/// Their names: "promql-duration-expr", …
std::vector<std::string> Names(Features features);

/// Those that lists name as `--enable-feature` has it, with commas between the names.
/// Errors: kInvalidInput: a name that is unknown, with the nearest that is known.
Result<Features> FeaturesNamed(std::span<const std::string> lists);

}  // namespace hakem::promql
