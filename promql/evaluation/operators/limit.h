#pragma once

#include <span>
#include <vector>

#include "promql/evaluation/annotations.h"
#include "promql/evaluation/step_value.h"

namespace hakem::promql {

/// The members of a group that limitk keeps: at each step the first so many that have a value.
StepVector KeepFirst(std::span<const StepSeries* const> members,
                     const std::vector<std::size_t>& limits);

/// The members of a group that limit_ratio keeps: those whose labels' hash is in the first share of
/// all hashes; a negative ratio keeps those that the ratio and one would not.
StepVector KeepShare(std::span<const StepSeries* const> members, const StepScalar& ratios);

/// Throws QueryError when a ratio is NaN. Warns of those that are not within -1 and 1, which are
/// then taken for these.
void CheckRatios(const StepScalar& ratios, const Position& position, Annotations& annotations);

}  // namespace hakem::promql
