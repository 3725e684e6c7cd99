#include "promql/parsing/lexer.h"

#include <fmt/format.h>

#include <array>
#include <optional>
#include <utility>

#include "format/quote.h"

namespace hakem::promql {
namespace {

constexpr char32_t kEndOfText = 0xFFFFFFFF;
constexpr std::string_view kDigits = "0123456789";
constexpr std::string_view kHexDigits = "0123456789abcdefABCDEF";

/// Words that are allowed within brackets, in duration expressions.
constexpr std::array<std::string_view, 4> kBracketWords{"step", "range", "min_of", "max_of"};

/// Characters that form a token of their own outside braces.
constexpr std::array<std::pair<char, TokenKind>, 8> kSingle{{
    {',', TokenKind::kComma},
    {'*', TokenKind::kOperator},
    {'/', TokenKind::kOperator},
    {'%', TokenKind::kOperator},
    {'+', TokenKind::kOperator},
    {'-', TokenKind::kOperator},
    {'^', TokenKind::kOperator},
    {'@', TokenKind::kAt},
}};

bool IsSpace(char32_t c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

bool IsDigit(char32_t c) {
  return c >= '0' && c <= '9';
}

bool IsAlpha(char32_t c) {
  return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool IsAlphaNumeric(char32_t c) {
  return IsAlpha(c) || IsDigit(c);
}

/// Scans the text once. Every Lex… function appends one token and moves behind it; an error token
/// ends the scan.
class Lexer {
 public:
  explicit Lexer(std::string_view query) : query_(query) {}

  std::vector<Token> Run() {
    while (!done_) {
      SkipBlanks();
      start_ = position_;
      if (braces_open_) {
        LexInsideBraces();
      } else {
        LexStatement();
      }
    }
    return std::move(tokens_);
  }

 private:
  char32_t Peek() const {
    return position_ < query_.size() ? DecodeRune(query_.substr(position_)).rune : kEndOfText;
  }

  char32_t Next() {
    if (position_ >= query_.size()) {
      return kEndOfText;
    }
    const DecodedRune decoded = DecodeRune(query_.substr(position_));
    position_ += decoded.size;
    return decoded.rune;
  }

  bool At(std::string_view characters) const {
    return position_ < query_.size() && characters.find(query_[position_]) != characters.npos;
  }

  bool Accept(std::string_view characters) {
    const bool accepted = At(characters);
    position_ += accepted ? 1 : 0;
    return accepted;
  }

  void AcceptRun(std::string_view characters) {
    while (Accept(characters)) {
    }
  }

  Position PositionFromStart() {
    for (; counted_ < start_; ++counted_) {
      if (query_[counted_] == '\n') {
        ++line_;
        line_begin_ = counted_ + 1;
      }
    }
    return {start_, position_, line_, static_cast<int>(start_ - line_begin_) + 1};
  }

  void Emit(TokenKind kind) {
    tokens_.push_back(
        {kind, std::string(query_.substr(start_, position_ - start_)), PositionFromStart()});
  }

  void Fail(std::string message) {
    tokens_.push_back({TokenKind::kError, std::move(message), PositionFromStart()});
    done_ = true;
  }

  void FailUnexpected(char32_t c) { Fail(fmt::format("unexpected character: {}", QuoteRune(c))); }

  void SkipBlanks() {
    for (;;) {
      while (IsSpace(Peek())) {
        Next();
      }
      if (Peek() != '#') {
        return;
      }
      while (Peek() != '\n' && Peek() != kEndOfText) {
        Next();
      }
    }
  }

  void LexStatement() {
    const char32_t c = Peek();
    if (c == kEndOfText) {
      LexEnd();
    } else if (IsDigit(c) || (c == '.' && position_ + 1 < query_.size() &&
                              IsDigit(static_cast<unsigned char>(query_[position_ + 1])))) {
      LexNumberOrDuration();
    } else if (c == '"' || c == '\'' || c == '`') {
      LexString();
    } else if (bracket_open_ && (IsAlpha(c) || c == ':')) {
      LexInsideBracket();
    } else if (IsAlpha(c) || c == ':') {
      LexWord();
    } else {
      LexPunctuation();
    }
  }

  void LexEnd() {
    if (open_parens_ != 0) {
      Fail("unclosed left parenthesis");
    } else if (bracket_open_) {
      Fail("unclosed left bracket");
    } else {
      Emit(TokenKind::kEnd);
      done_ = true;
    }
  }

  void LexPunctuation() {
    const char32_t c = Next();
    for (const auto& [character, kind] : kSingle) {
      if (c == static_cast<char32_t>(character)) {
        Emit(kind);
        return;
      }
    }
    switch (c) {
      case '=':
      case '!':
      case '<':
      case '>':
        return LexComparison(c);
      case '(':
        ++open_parens_;
        return Emit(TokenKind::kLeftParen);
      case ')':
        --open_parens_;
        if (open_parens_ < 0) {
          start_ = position_;  // Prometheus reports the position behind it.
          return Fail("unexpected right parenthesis ')'");
        }
        return Emit(TokenKind::kRightParen);
      case '{':
        braces_open_ = true;
        return Emit(TokenKind::kLeftBrace);
      case '[':
        if (bracket_open_) {
          return Fail("unexpected left bracket '['");
        }
        bracket_open_ = true;
        colon_seen_ = false;
        return Emit(TokenKind::kLeftBracket);
      case ']':
        if (!bracket_open_) {
          return Fail("unexpected right bracket ']'");
        }
        bracket_open_ = false;
        return Emit(TokenKind::kRightBracket);
      default:
        return FailUnexpected(c);
    }
  }

  void LexComparison(char32_t first) {
    if (Accept("=") || first == '<' || first == '>') {
      Emit(TokenKind::kOperator);
    } else if (first == '!') {
      Fail(fmt::format("unexpected character after '!': {}", NextQuoted()));
    } else if (At("~")) {
      Fail(fmt::format("unexpected character after '=': {}", NextQuoted()));
    } else {
      Emit(TokenKind::kAssign);
    }
  }

  std::string NextQuoted() {
    const char32_t c = Next();
    return QuoteRune(c == kEndOfText ? 0xFFFD : c);
  }

  void LexInsideBracket() {
    if (Accept(":")) {
      if (std::exchange(colon_seen_, true)) {
        return Fail("unexpected colon ':'");
      }
      return Emit(TokenKind::kColon);
    }
    const char32_t first = Peek();
    while (IsAlphaNumeric(Peek())) {
      Next();
    }
    const std::string_view word = query_.substr(start_, position_ - start_);
    for (const std::string_view known : kBracketWords) {
      if (EqualIgnoringCase(word, known)) {
        return Emit(TokenKind::kIdentifier);
      }
    }
    Fail(fmt::format("unexpected character: {}, expected ':'", QuoteRune(first)));
  }

  void LexWord() {
    while (IsAlphaNumeric(Peek()) || Peek() == ':') {
      Next();
    }
    const std::string_view word = query_.substr(start_, position_ - start_);
    Emit(KindOfWord(word));
  }

  void LexInsideBraces() {
    const char32_t c = Peek();
    if (c == kEndOfText) {
      return Fail("unexpected end of input inside braces");
    }
    if (IsAlpha(c)) {
      while (IsAlphaNumeric(Peek())) {
        Next();
      }
      return Emit(TokenKind::kIdentifier);
    }
    if (c == '"' || c == '\'' || c == '`') {
      return LexString();
    }
    Next();
    switch (c) {
      case ',':
        return Emit(TokenKind::kComma);
      case '=':
        return Accept("~") ? Emit(TokenKind::kRegexMatch) : Emit(TokenKind::kAssign);
      case '!':
        return Accept("~")   ? Emit(TokenKind::kRegexMismatch)
               : Accept("=") ? Emit(TokenKind::kOperator)
                             : Fail(fmt::format("unexpected character after '!' inside braces: {}",
                                                NextQuoted()));
      case '{':
        return Fail("unexpected left brace '{'");
      case '}':
        braces_open_ = false;
        return Emit(TokenKind::kRightBrace);
      default:
        return Fail(fmt::format("unexpected character inside braces: {}", QuoteRune(c)));
    }
  }

  void LexString() {
    const char32_t quote = Next();
    for (;;) {
      const std::size_t before = position_;
      const char32_t c = Next();
      if (c == quote) {
        return Emit(TokenKind::kString);
      }
      if (c == kEndOfText || (c == '\n' && quote != '`')) {
        return Fail(quote == '`' ? "unterminated raw string" : "unterminated quoted string");
      }
      if (c == 0xFFFD && position_ == before + 1) {
        return Fail("invalid UTF-8 rune");
      }
      if (c == '\\' && quote != '`') {
        if (std::optional<std::string> wrong = SkipEscape(quote)) {
          return Fail(*std::move(wrong));
        }
      }
    }
  }

  /// Scans an escape behind its backslash. Returns an error message if it is invalid.
  std::optional<std::string> SkipEscape(char32_t quote) {
    const char32_t c = Next();
    if (c == kEndOfText) {
      return "escape sequence not terminated";
    }
    if (c == quote || std::u32string_view(U"abfnrtv\\").find(c) != std::u32string_view::npos) {
      return std::nullopt;
    }
    const bool octal = c >= '0' && c <= '7';
    const std::size_t digits = octal ? 2 : c == 'x' ? 2 : c == 'u' ? 4 : c == 'U' ? 8 : 0;
    if (digits == 0) {
      return fmt::format("unknown escape sequence {}", DescribeRune(c));
    }
    for (std::size_t i = 0; i < digits; ++i) {
      if (!Accept(octal ? "01234567" : kHexDigits)) {
        const char32_t wrong = Next();
        if (wrong == kEndOfText) {
          return "escape sequence not terminated";
        }
        return fmt::format("illegal character {} in escape sequence", DescribeRune(wrong));
      }
    }
    return std::nullopt;
  }

  void LexNumberOrDuration() {
    if (ScanNumber()) {
      Emit(TokenKind::kNumber);
    } else if (ScanRestOfDuration()) {
      Emit(TokenKind::kDuration);
    } else {
      Fail(fmt::format("bad number or duration syntax: {}",
                       Quote(query_.substr(start_, position_ - start_))));
    }
  }

  /// Scans a number: digits with at most one dot and one exponent, underscores between digits, or
  /// hexadecimal. Returns false when it ends inside a word: it may be a duration.
  bool ScanNumber() {
    const bool hexadecimal = Accept("0") && Accept("xX");
    if (hexadecimal) {
      Accept("_");
    }
    const std::string_view digits = hexadecimal ? kHexDigits : kDigits;
    bool dot = false;
    bool exponent = false;
    Accept(".");
    Accept(digits);
    for (;;) {
      if (At(".")) {
        if (std::exchange(dot, true)) {
          Accept(".");
          return false;
        }
        Accept(".");
        if (Accept("_.") || hexadecimal) {
          return false;
        }
      } else if (At("eE")) {  // In hexadecimal numbers too: 0x1e is refused.
        Accept("eE");
        if (std::exchange(exponent, true)) {
          return false;
        }
        Accept("+-");
        if (Accept("._eE") || position_ == query_.size()) {
          return false;
        }
      } else if (Accept("_")) {
        if (Accept("._eE") || position_ == query_.size()) {
          return false;
        }
      } else if (At(digits)) {
        AcceptRun(digits);
      } else {
        return !IsAlphaNumeric(Peek());
      }
    }
  }

  /// Scans the rest of a duration: a unit, then numbers with units. Returns false when more letters
  /// follow, and consumes the first of them, so that the message shows it.
  bool ScanRestOfDuration() {
    if (!Accept("smhdwy")) {
      return false;
    }
    Accept("s");
    while (Accept(kDigits)) {
      AcceptRun(kDigits);
      if (!Accept("smhdw")) {
        return false;
      }
      Accept("s");
    }
    if (!IsAlphaNumeric(Peek())) {
      return true;
    }
    Next();
    return false;
  }

  const std::string_view query_;
  std::vector<Token> tokens_;
  std::size_t start_ = 0;     ///< Where the current token begins.
  std::size_t position_ = 0;  ///< The next character.
  std::size_t counted_ = 0;   ///< Lines have been counted up to here.
  std::size_t line_begin_ = 0;
  int line_ = 1;
  int open_parens_ = 0;
  bool braces_open_ = false;
  bool bracket_open_ = false;
  bool colon_seen_ = false;
  bool done_ = false;
};

}  // namespace

std::vector<Token> Tokenize(std::string_view query) {
  return Lexer(query).Run();
}

}  // namespace hakem::promql
