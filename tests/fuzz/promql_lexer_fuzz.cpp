// Any text is split into consecutive tokens, the last of which is the end or an error.

#include <string_view>

#include "model/check.h"
#include "promql/parsing/lexer.h"
#include "tests/fuzz/fuzz_target.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using hakem::promql::TokenKind;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto tokens = hakem::promql::Tokenize(text);
  HAKEM_CHECK(!tokens.empty());
  HAKEM_CHECK(tokens.back().kind == TokenKind::kEnd || tokens.back().kind == TokenKind::kError);
  std::size_t end = 0;
  for (const auto& token : tokens) {
    HAKEM_CHECK(token.position.begin >= end || token.kind == TokenKind::kError);
    HAKEM_CHECK(token.position.end <= text.size());
    end = token.position.end;
  }
  return 0;
}
