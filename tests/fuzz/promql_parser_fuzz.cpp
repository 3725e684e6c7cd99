// Parsing any text as a query or a selector returns an expression, or an error with a message.

#include <string_view>

#include "model/check.h"
#include "promql/parsing/parser.h"
#include "tests/fuzz/fuzz_target.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const auto features : {hakem::promql::Features(), hakem::promql::Features::All()}) {
    const auto expr = hakem::promql::Parse(text, features);
    HAKEM_CHECK(expr ? (*expr)->depth <= hakem::promql::kMaxDepth : !expr.error().message.empty());
  }
  const auto selector = hakem::promql::ParseSelector(text);
  HAKEM_CHECK(selector || !selector.error().message.empty());
  return 0;
}
