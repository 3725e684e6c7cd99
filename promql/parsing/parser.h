#pragma once

#include <string_view>
#include <utility>
#include <vector>

#include "model/result.h"
#include "promql/features.h"
#include "promql/syntax/ast.h"

namespace hakem::promql {

/// Reads a query. The result is well typed; its depth is at most kMaxDepth.
///
/// Errors: kInvalidInput, one line in Prometheus' words with the place of the first error:
/// `1:6: parse error: unexpected end of input`. What is experimental in Prometheus and not among
/// the features is refused as a Prometheus refuses it that has not enabled it.
Result<ExprPtr> Parse(std::string_view query, Features features = {});

/// Reads a selector alone, as match[] parameters have it: `up{job="hokm"}`. One that an empty
/// series would satisfy is no error here, as in Prometheus. Errors: kInvalidInput.
Result<std::vector<Matcher>> ParseSelector(std::string_view selector);

/// The deepest nesting that is accepted; operators in a row nest too.
inline constexpr int kMaxDepth = 512;

}  // namespace hakem::promql
