#pragma once

#include <cstddef>
#include <string_view>
#include <utility>
#include <vector>

#include "model/result.h"
#include "promql/syntax/ast.h"
#include "promql/syntax/features.h"

namespace hakem::promql {

/// Reads a query. The result is well typed; its depth is at most kMaxDepth.
///
/// Errors: kInvalidInput, one line in Prometheus' words with the place of the first error:
/// `1:6: parse error: unexpected end of input`. A text longer than kMaxQueryBytes is refused. What
/// is experimental in Prometheus and not among the features is refused as a Prometheus refuses it
/// that has not enabled it.
Result<ExprPtr> Parse(std::string_view query, Features features = {});

/// Reads a selector alone, as match[] parameters have it: `up{job="hokm"}`. One that an empty
/// series would satisfy is no error here, as in Prometheus. Errors: kInvalidInput.
Result<std::vector<Matcher>> ParseSelector(std::string_view selector);

/// The deepest nesting that is accepted; operators in a row nest too. Whoever parses, prints or
/// evaluates has the stack for it: model/deep_thread.h.
inline constexpr int kMaxDepth = 512;

/// The longest text that is read. What dashboards make of thousands of values has room in it, and a
/// text of a megabyte would be a hundred as tokens.
inline constexpr std::size_t kMaxQueryBytes = 256 << 10;

}  // namespace hakem::promql
