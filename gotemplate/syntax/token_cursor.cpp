#include "gotemplate/syntax/token_cursor.h"

namespace hakem::gotemplate {

Token TokenCursor::Next() {
  if (back_ > 0) {
    --back_;
  } else {
    tokens_[0] = lexer_.Next();
  }
  return tokens_.at(back_);
}

Token TokenCursor::NextNonSpace() {
  Token token = Next();
  while (token.kind == TokenKind::kSpace) {
    token = Next();
  }
  return token;
}

const Token& TokenCursor::Peek() {
  if (back_ == 0) {
    tokens_[0] = lexer_.Next();
    back_ = 1;
  }
  return tokens_.at(back_ - 1);
}

const Token& TokenCursor::PeekNonSpace() {
  NextNonSpace();
  Back();
  return Peek();
}

void TokenCursor::Back(const Token& before) {
  tokens_[1] = before;
  back_ = 2;
}

void TokenCursor::Back(const Token& first, const Token& second) {
  tokens_[1] = second;
  tokens_[2] = first;
  back_ = 3;
}

}  // namespace hakem::gotemplate
