#pragma once

#include "model/result.h"
#include "promql/engine.h"
#include "promql/value.h"

namespace hakem::rules {

/// Returns the elements of what a rule's expression, or a template's query, was evaluated to. A
/// scalar becomes one element without labels. Errors: those of the evaluation; kInvalidInput: the
/// value is neither a vector nor a scalar.
Result<promql::Vector> ResultVector(Result<promql::Evaluation> evaluation);

}  // namespace hakem::rules
