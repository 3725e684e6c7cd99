#pragma once

#include <cstddef>
#include <string_view>
#include <utility>
#include <vector>

#include "model/result.h"
#include "promql/syntax/ast.h"
#include "promql/syntax/features.h"

namespace hakem::promql {

/// Parses a query. The result is well typed; its depth is at most kMaxDepth.
///
/// Errors: kInvalidInput, Prometheus' message in one line with the position of the first error:
/// `1:6: parse error: unexpected end of input`. Also for texts longer than kMaxQueryBytes, and for
/// experimental syntax that is not among `features`.
Result<ExprPtr> Parse(std::string_view query, Features features = {});

/// Parses a selector such as the parameter match[]: `up{job="hokm"}`. As in Prometheus, a selector
/// that matches every series is accepted here. Errors: kInvalidInput.
Result<std::vector<Matcher>> ParseSelector(std::string_view selector);

/// The deepest nesting that is accepted; a chain of operators nests too. Threads that parse, print
/// or evaluate queries need the stack of model/deep_thread.h.
inline constexpr int kMaxDepth = 512;

/// The longest query. Dashboards that list thousands of values stay below it. Tokens take a hundred
/// times the memory of the text.
inline constexpr std::size_t kMaxQueryBytes = 256 << 10;

}  // namespace hakem::promql
