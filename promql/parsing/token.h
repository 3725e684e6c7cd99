#pragma once

#include <string>
#include <string_view>

#include "promql/syntax/position.h"

namespace hakem::promql {

enum class TokenKind {
  kEnd,
  kError,  ///< The text cannot be read on; `text` is the message.
  kIdentifier,
  kMetricIdentifier,  ///< With a colon.
  kString,            ///< `text` with its quotes.
  kNumber,
  kDuration,
  kLeftParen,
  kRightParen,
  kLeftBrace,
  kRightBrace,
  kLeftBracket,
  kRightBracket,
  kComma,
  kColon,
  kAssign,  ///< "="
  kRegexMatch,
  kRegexMismatch,
  kAt,
  kOperator,     ///< Binary operators, words among them; also != in matchers.
  kAggregator,   ///< sum, topk, …
  kKeyword,      ///< by, on, offset, …
  kBoundKeyword  ///< start, end
};

/// A word of the language with its place in the text.
struct Token {
  TokenKind kind = TokenKind::kEnd;
  std::string text;
  Position position;

  /// Whether it is this keyword, operator or aggregator; words in any case.
  bool Is(TokenKind wanted, std::string_view word) const;
};

/// The token as messages name it: `identifier "foo"`, `<op:+>`, `")"`, `end of input`.
std::string Describe(const Token& token);

/// What a word is: a keyword, operator, aggregator or number (`inf`) in any case, else an
/// identifier.
TokenKind KindOfWord(std::string_view word);

/// Whether the texts are equal but for ASCII case.
bool EqualIgnoringCase(std::string_view a, std::string_view b);

}  // namespace hakem::promql
