#include "promql/parsing/token.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>

#include "format/quote.h"
#include "model/duration.h"
#include "promql/parsing/expr_checks.h"
#include "promql/syntax/duration_expr.h"

namespace hakem::promql {
namespace {

struct Keyword {
  std::string_view word;
  TokenKind kind;
};

constexpr std::array kKeywords{
    Keyword{"and", TokenKind::kOperator},
    Keyword{"or", TokenKind::kOperator},
    Keyword{"unless", TokenKind::kOperator},
    Keyword{"atan2", TokenKind::kOperator},
    Keyword{"sum", TokenKind::kAggregator},
    Keyword{"avg", TokenKind::kAggregator},
    Keyword{"count", TokenKind::kAggregator},
    Keyword{"min", TokenKind::kAggregator},
    Keyword{"max", TokenKind::kAggregator},
    Keyword{"group", TokenKind::kAggregator},
    Keyword{"stddev", TokenKind::kAggregator},
    Keyword{"stdvar", TokenKind::kAggregator},
    Keyword{"topk", TokenKind::kAggregator},
    Keyword{"bottomk", TokenKind::kAggregator},
    Keyword{"count_values", TokenKind::kAggregator},
    Keyword{"quantile", TokenKind::kAggregator},
    Keyword{"limitk", TokenKind::kAggregator},
    Keyword{"limit_ratio", TokenKind::kAggregator},
    Keyword{"offset", TokenKind::kKeyword},
    Keyword{"by", TokenKind::kKeyword},
    Keyword{"without", TokenKind::kKeyword},
    Keyword{"on", TokenKind::kKeyword},
    Keyword{"ignoring", TokenKind::kKeyword},
    Keyword{"group_left", TokenKind::kKeyword},
    Keyword{"group_right", TokenKind::kKeyword},
    Keyword{"bool", TokenKind::kKeyword},
    Keyword{"anchored", TokenKind::kKeyword},
    Keyword{"smoothed", TokenKind::kKeyword},
    Keyword{"start", TokenKind::kBoundKeyword},
    Keyword{"end", TokenKind::kBoundKeyword},
    Keyword{"inf", TokenKind::kNumber},
    Keyword{"nan", TokenKind::kNumber},
};

char Lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// Cuts a long text to ten characters.
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

/// Parses an integer with Go's base prefixes; returns nothing when it is invalid or too large.
std::optional<double> ReadInteger(std::string_view digits) {
  int base = 10;
  if (digits.size() > 1 && digits[0] == '0') {
    const bool hexadecimal = digits[1] == 'x' || digits[1] == 'X';
    base = hexadecimal ? 16 : 8;
    digits.remove_prefix(hexadecimal ? 2 : 1);
  }
  std::int64_t value = 0;
  const char* end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, value, base);
  if (error != std::errc{} || stop != end) {
    return std::nullopt;
  }
  return static_cast<double>(value);
}

double ReadDecimal(const Token& token, std::string_view digits) {
  double value = 0;
  const char* end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, value);
  if (stop != end || error == std::errc::invalid_argument) {
    ThrowParseError(token.position,
                    fmt::format("error parsing number: strconv.ParseFloat: parsing {}: invalid "
                                "syntax",
                                Quote(token.text)));
  }
  // Out of range: a too large number is an error, a too small one is zero.
  const auto exponent = digits.find_first_of("eE");
  const bool tiny = exponent != digits.npos && digits.substr(exponent + 1).starts_with('-');
  if (error == std::errc::result_out_of_range && !tiny) {
    ThrowParseError(
        token.position,
        fmt::format("error parsing number: strconv.ParseFloat: parsing {}: value out of "
                    "range",
                    Quote(token.text)));
  }
  return value;
}

}  // namespace

TokenKind KindOfWord(std::string_view word) {
  const auto* keyword = std::find_if(kKeywords.begin(), kKeywords.end(), [&](const Keyword& k) {
    return EqualIgnoringCase(word, k.word);
  });
  if (keyword != kKeywords.end()) {
    return keyword->kind;
  }
  return word.find(':') == word.npos ? TokenKind::kIdentifier : TokenKind::kMetricIdentifier;
}

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

double ReadNumber(const Token& token) {
  if (token.kind == TokenKind::kDuration) {
    const Result<Duration> duration = ParseDuration(token.text);
    if (!duration) {
      ThrowParseError(token.position,
                      fmt::format("not a valid duration string: {}", Quote(token.text)));
    }
    return ToSeconds(*duration);
  }
  if (EqualIgnoringCase(token.text, "inf")) {
    return std::numeric_limits<double>::infinity();
  }
  if (EqualIgnoringCase(token.text, "nan")) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  std::string digits = token.text;
  std::erase(digits, '_');
  if (const std::optional<double> integer = ReadInteger(digits)) {
    return *integer;
  }
  return ReadDecimal(token, digits);
}

double ReadSeconds(const Token& token) {
  const double seconds = ReadNumber(token);
  if (!(std::abs(seconds) <= kMaxDurationSeconds)) {
    ThrowParseError(token.position, "duration out of range");
  }
  return seconds;
}

std::string ReadString(const Token& token) {
  std::optional<std::string> text = Unquote(token.text);
  if (!text) {
    ThrowParseError(token.position,
                    fmt::format("error unquoting string {}: invalid syntax", Quote(token.text)));
  }
  return *std::move(text);
}

}  // namespace hakem::promql
