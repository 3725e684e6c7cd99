#pragma once

#include <span>
#include <vector>

#include "promql/evaluation/annotations.h"
#include "promql/evaluation/step_value.h"

namespace hakem::promql {

/// Returns the members of a group that limitk keeps: at each step the first `limits[step]` members
/// that have a value.
StepVector KeepFirst(std::span<const StepSeries* const> members,
                     const std::vector<std::size_t>& limits);

/// Returns the members of a group that limit_ratio keeps: those whose labels' hash lies within the
/// given share of all hashes. A negative ratio keeps those that ratio + 1 would drop.
StepVector KeepShare(std::span<const StepSeries* const> members, const StepScalar& ratios);

/// Throws QueryError when a ratio is NaN. Warns about ratios outside [-1, 1], which are clamped.
void CheckRatios(const StepScalar& ratios, const Position& position, Annotations& annotations);

}  // namespace hakem::promql
