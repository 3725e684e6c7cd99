// A printed expression can be parsed again, and is then printed the same way.

#include <string_view>

#include "model/check.h"
#include "promql/parsing/parser.h"
#include "promql/syntax/printer.h"
#include "tests/fuzz/fuzz_target.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto all = hakem::promql::Features::All();
  const auto expr = hakem::promql::Parse(text, all);
  if (!expr) {
    return 0;
  }
  const std::string printed = hakem::promql::Print(**expr);
  const auto again = hakem::promql::Parse(printed, all);
  HAKEM_CHECK(again.has_value());
  HAKEM_CHECK((*again)->type() == (*expr)->type());
  HAKEM_CHECK(hakem::promql::Print(**again) == printed);
  return 0;
}
