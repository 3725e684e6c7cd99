#include "promql/parsing/token_cursor.h"

#include <fmt/format.h>

#include <algorithm>

#include "promql/parsing/expr_checks.h"
#include "promql/parsing/lexer.h"

namespace hakem::promql {

TokenCursor::TokenCursor(std::string_view query) : tokens_(Tokenize(query)) {}

const Token& TokenCursor::Peek(std::size_t ahead) const {
  const Token& token = tokens_[std::min(next_ + ahead, tokens_.size() - 1)];
  if (token.kind == TokenKind::kError && ahead == 0) {
    ThrowParseError(token.position, token.text);
  }
  return token;
}

Token TokenCursor::Take() {
  Token token = Peek();
  if (next_ + 1 < tokens_.size()) {
    ++next_;
  }
  return token;
}

Token TokenCursor::Expect(TokenKind kind) {
  if (!At(kind)) {
    Unexpected();
  }
  return Take();
}

void TokenCursor::Unexpected(std::string_view context, std::string_view expected) const {
  std::string message = fmt::format("unexpected {}", Describe(Peek()));
  if (context.empty() && open_aggregations_ > 0) {
    context = "aggregation";
  }
  if (!context.empty()) {
    message += fmt::format(" in {}", context);
  }
  if (!expected.empty()) {
    message += fmt::format(", expected {}", expected);
  }
  ThrowParseError(Peek().position, message);
}

}  // namespace hakem::promql
