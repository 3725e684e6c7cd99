#pragma once

#include <array>
#include <string_view>

#include "gotemplate/syntax/lexer.h"

namespace hakem::gotemplate {

/// Reads the tokens of a template and can go back by up to three, like the parser of Go.
class TokenCursor {
 public:
  explicit TokenCursor(std::string_view text) : lexer_(text) {}

  Token Next();
  Token NextNonSpace();

  /// Returns the next token, or the next that is not white space, which is skipped for good.
  const Token& Peek();
  const Token& PeekNonSpace();

  /// Goes back by the last token.
  void Back() { ++back_; }

  /// Goes back by the last token and the one or two before it. Requires: all of them are given, and
  /// nothing else was read since; the first one comes first.
  void Back(const Token& before);
  void Back(const Token& first, const Token& second);

 private:
  Lexer lexer_;
  std::array<Token, 3> tokens_;  ///< The token that comes next stands at `back_ - 1`.
  std::size_t back_ = 0;         ///< How many tokens come before those of the lexer.
};

}  // namespace hakem::gotemplate
