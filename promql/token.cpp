#include "promql/token.h"

#include <fmt/format.h>

#include <algorithm>

#include "promql/quote.h"

namespace hakem::promql {
namespace {

char Lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// At most ten runes of a long text.
std::string QuoteShortened(std::string_view text) {
  constexpr std::size_t kShown = 10;
  if (text.size() <= kShown) {
    return Quote(text);
  }
  std::size_t end = 0;
  for (std::size_t runes = 0; runes < kShown && end < text.size(); ++runes) {
    end += DecodeRune(text.substr(end)).size;
  }
  return Quote(text.substr(0, end)) + "...";
}

}  // namespace

bool EqualIgnoringCase(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char left, char right) { return Lower(left) == Lower(right); });
}

bool Token::Is(TokenKind wanted, std::string_view word) const {
  return kind == wanted && EqualIgnoringCase(text, word);
}

std::string Describe(const Token& token) {
  switch (token.kind) {
    case TokenKind::kEnd:
      return "end of input";
    case TokenKind::kIdentifier:
      return fmt::format("identifier {}", Quote(token.text));
    case TokenKind::kMetricIdentifier:
      return fmt::format("metric identifier {}", Quote(token.text));
    case TokenKind::kString:
      return fmt::format("string {}", QuoteShortened(token.text));
    case TokenKind::kNumber:
      return fmt::format("number {}", QuoteShortened(token.text));
    case TokenKind::kDuration:
      return fmt::format("duration {}", QuoteShortened(token.text));
    case TokenKind::kOperator:
    case TokenKind::kRegexMatch:
    case TokenKind::kRegexMismatch:
    case TokenKind::kAt:
      return fmt::format("<op:{}>", token.text);
    case TokenKind::kAggregator:
      return fmt::format("<aggr:{}>", token.text);
    case TokenKind::kKeyword:
      return fmt::format("<{}>", token.text);
    default:
      return QuoteShortened(token.text);
  }
}

}  // namespace hakem::promql
