#pragma once

#include <string_view>
#include <vector>

#include "promql/parsing/token.h"

namespace hakem::promql {

/// The parser's position among the tokens of a query. Throws QueryError at an error token, or at an
/// unexpected one.
class TokenCursor {
 public:
  explicit TokenCursor(std::string_view query);

  /// Returns the next token, or the one `ahead` places behind it.
  const Token& Peek(std::size_t ahead = 0) const;

  /// Returns the next token and moves on, but not beyond kEnd.
  Token Take();

  /// The token that was taken last. Requires: Take was called.
  const Token& last() const { return tokens_[next_ - 1]; }

  bool At(TokenKind kind) const { return Peek().kind == kind; }

  bool AtKeyword(std::string_view word) const { return Peek().Is(TokenKind::kKeyword, word); }

  bool AtOperator(std::string_view word) const { return Peek().Is(TokenKind::kOperator, word); }

  Token Expect(TokenKind kind);

  /// Throws `unexpected identifier "x" in CONTEXT, expected EXPECTED` for the next token.
  [[noreturn]] void Unexpected(std::string_view context = {}, std::string_view expected = {}) const;

  /// Between these two calls, errors without a context are reported as "in aggregation".
  void EnterAggregation() { ++open_aggregations_; }

  void LeaveAggregation() { --open_aggregations_; }

 private:
  const std::vector<Token> tokens_;
  std::size_t next_ = 0;
  int open_aggregations_ = 0;
};

}  // namespace hakem::promql
