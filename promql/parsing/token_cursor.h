#pragma once

#include <string_view>
#include <vector>

#include "promql/parsing/token.h"

namespace hakem::promql {

/// The place in a query up to which the parser has read. Throws QueryError at a token that is an
/// error, or not what is wanted.
class TokenCursor {
 public:
  explicit TokenCursor(std::string_view query);

  /// The token that is next, or one behind it.
  const Token& Peek(std::size_t ahead = 0) const;

  /// Goes on. The end stays next for ever.
  Token Take();

  /// The token that was taken last. Requires: there was one.
  const Token& last() const { return tokens_[next_ - 1]; }

  bool At(TokenKind kind) const { return Peek().kind == kind; }

  bool AtKeyword(std::string_view word) const { return Peek().Is(TokenKind::kKeyword, word); }

  bool AtOperator(std::string_view word) const { return Peek().Is(TokenKind::kOperator, word); }

  Token Expect(TokenKind kind);

  /// `unexpected identifier "x" in context, expected expected`
  [[noreturn]] void Unexpected(std::string_view context = {}, std::string_view expected = {}) const;

  /// Errors between these two are "in aggregation" when nothing nearer gives a context.
  void EnterAggregation() { ++open_aggregations_; }

  void LeaveAggregation() { --open_aggregations_; }

 private:
  const std::vector<Token> tokens_;
  std::size_t next_ = 0;
  int open_aggregations_ = 0;
};

}  // namespace hakem::promql
