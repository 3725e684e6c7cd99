#pragma once

#include <string>
#include <string_view>

#include "promql/syntax/position.h"

namespace hakem::promql {

enum class TokenKind {
  kEnd,
  kError,  ///< Invalid text; Token::text is the error message.
  kIdentifier,
  kMetricIdentifier,  ///< An identifier with a colon.
  kString,            ///< Token::text includes the quotes.
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
  kOperator,     ///< Binary operators, including words; also != in matchers.
  kAggregator,   ///< sum, topk, …
  kKeyword,      ///< by, on, offset, …
  kBoundKeyword  ///< start, end
};

/// A token and its position in the query.
struct Token {
  TokenKind kind = TokenKind::kEnd;
  std::string text;
  Position position;

  /// Whether it is this keyword, operator or aggregator. Ignores the case of words.
  bool Is(TokenKind wanted, std::string_view word) const;
};

/// Describes the token for messages: `identifier "foo"`, `<op:+>`, `")"`, `end of input`.
std::string Describe(const Token& token);

/// Returns the value of a number (decimal, 0x…, octal with a leading 0, Inf, NaN), or the seconds
/// of a duration. Throws QueryError.
double ReadNumber(const Token& token);

/// Returns the seconds of a duration or a number. Throws QueryError, also beyond
/// kMaxDurationSeconds.
double ReadSeconds(const Token& token);

/// Returns the text of a string literal. Throws QueryError.
std::string ReadString(const Token& token);

/// Returns the kind of a word: a keyword, operator, aggregator or number (`inf`) in any case, else
/// an identifier.
TokenKind KindOfWord(std::string_view word);

/// Whether the texts are equal, ignoring ASCII case.
bool EqualIgnoringCase(std::string_view a, std::string_view b);

}  // namespace hakem::promql
