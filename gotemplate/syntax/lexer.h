#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "gotemplate/syntax/token.h"

namespace hakem::gotemplate {

/// Splits a template into tokens, one at a time, without looking further ahead than it has to.
/// `{{-` and `-}}` remove white space from the adjacent texts; comments are left out.
class Lexer {
 public:
  /// `text` must outlive the lexer and its tokens.
  explicit Lexer(std::string_view text) : text_(text) {}

  /// Returns the next token. After kEnd or kError it returns that token again.
  Token Next();

 private:
  enum class State { kText, kOpen, kAction, kClose, kDone };

  Token Scan();
  Token Emit(TokenKind kind);
  Token Wrong(std::string message);

  void Ignore() { start_ = place_; }

  bool ScanText(Token& token);
  bool ScanOpen(Token& token);
  bool SkipComment(Token& token);
  Token ScanClose();
  Token ScanAction();
  Token ScanSpace();
  Token ScanDelimited(char32_t quote, TokenKind kind, std::string_view unterminated);
  Token ScanRawString();
  Token ScanFieldOrVariable(TokenKind kind);
  Token ScanIdentifier();
  Token ScanNumber();
  Token ScanSign(char32_t rune);

  bool TakeNumber();
  bool Take(std::string_view any_of);
  void TakeAll(std::string_view any_of);
  void TakeNameRunes();

  bool AtClose() const;
  bool AtTerminator() const;

  std::string_view Rest() const { return text_.substr(place_); }

  char32_t Peek() const;
  char32_t TakeRune();

  const std::string_view text_;
  std::size_t start_ = 0;  ///< Where the next token begins.
  std::size_t place_ = 0;
  State state_ = State::kText;
  int parentheses_ = 0;
  Token last_;
};

}  // namespace hakem::gotemplate
