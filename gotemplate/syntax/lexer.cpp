#include "gotemplate/syntax/lexer.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "format/quote.h"
#include "gotemplate/text/letters.h"

namespace hakem::gotemplate {
namespace {

constexpr std::string_view kOpenMark = "{{";
constexpr std::string_view kCloseMark = "}}";
constexpr std::string_view kCommentBegin = "/*";
constexpr std::string_view kCommentEnd = "*/";
constexpr std::size_t kTrimMarkBytes = 2;  ///< A dash and the white space beside it.
constexpr char32_t kEnd = 0xFFFFFFFF;      ///< Stands for the end of the text.

constexpr std::array<std::pair<std::string_view, TokenKind>, 11> kKeywords{{
    {"block", TokenKind::kBlock},
    {"break", TokenKind::kBreak},
    {"continue", TokenKind::kContinue},
    {"define", TokenKind::kDefine},
    {"else", TokenKind::kElse},
    {"end", TokenKind::kEndKeyword},
    {"if", TokenKind::kIf},
    {"nil", TokenKind::kNil},
    {"range", TokenKind::kRange},
    {"template", TokenKind::kTemplate},
    {"with", TokenKind::kWith},
}};

bool IsSpace(char32_t rune) {
  return rune <= ' ' && kWhiteSpace.find(static_cast<char>(rune)) != kWhiteSpace.npos;
}

std::string_view TrimRight(std::string_view text) {
  return text.substr(0, text.find_last_not_of(kWhiteSpace) + 1);
}

std::size_t LeadingSpaces(std::string_view text) {
  return std::min(text.find_first_not_of(kWhiteSpace), text.size());
}

/// A trim marker is a dash separated from the action by white space: `{{-3}}` is a number.
bool HasLeftTrimMark(std::string_view text) {
  return text.size() >= kTrimMarkBytes && text[0] == '-' &&
         kWhiteSpace.find(text[1]) != kWhiteSpace.npos;
}

bool HasRightTrimMark(std::string_view text) {
  return text.size() >= kTrimMarkBytes && text[1] == '-' &&
         kWhiteSpace.find(text[0]) != kWhiteSpace.npos;
}

/// Whether an action ends here with a trim marker.
bool HasTrimmedClose(std::string_view text) {
  return HasRightTrimMark(text) && text.substr(kTrimMarkBytes).starts_with(kCloseMark);
}

}  // namespace

std::string Describe(const Token& token) {
  constexpr std::size_t kShown = 10;
  if (token.kind == TokenKind::kEnd) {
    return "EOF";
  }
  if (token.kind == TokenKind::kError) {
    return token.message;
  }
  if (token.kind >= TokenKind::kDot) {
    return fmt::format("<{}>", token.text);
  }
  if (token.text.size() <= kShown) {
    return Quote(token.text);
  }
  std::string_view rest = token.text;
  for (std::size_t runes = 0; runes < kShown && !rest.empty(); ++runes) {
    rest.remove_prefix(DecodeRune(rest).size);
  }
  return Quote(token.text.substr(0, token.text.size() - rest.size())) + "...";
}

Token Lexer::Next() {
  if (state_ == State::kDone) {
    return last_;
  }
  Token token = Scan();
  if (token.kind == TokenKind::kEnd || token.kind == TokenKind::kError) {
    state_ = State::kDone;
    last_ = token;
  }
  return token;
}

Token Lexer::Scan() {
  Token token;
  for (;;) {
    switch (state_) {
      case State::kText:
        if (ScanText(token)) {
          return token;
        }
        break;
      case State::kOpen:
        if (ScanOpen(token)) {
          return token;
        }
        break;
      case State::kClose:
        return ScanClose();
      default:
        return ScanAction();
    }
  }
}

Token Lexer::Emit(TokenKind kind) {
  Token token{.kind = kind, .position = start_, .text = text_.substr(start_, place_ - start_)};
  start_ = place_;
  return token;
}

Token Lexer::Wrong(std::string message) {
  return {.kind = TokenKind::kError, .position = start_, .text = {}, .message = std::move(message)};
}

/// Scans up to the next action; returns false if there is no text before it.
bool Lexer::ScanText(Token& token) {
  const std::size_t open = std::min(text_.find(kOpenMark, place_), text_.size());
  const bool at_end = open == text_.size();
  std::string_view text = text_.substr(start_, open - start_);
  if (!at_end && HasLeftTrimMark(text_.substr(open + kOpenMark.size()))) {
    text = TrimRight(text);
  }
  place_ = start_ + text.size();
  const bool has_text = !text.empty();
  token = Emit(TokenKind::kText);
  place_ = open;
  Ignore();
  if (!at_end) {
    state_ = State::kOpen;
    return has_text;
  }
  if (!has_text) {
    token = Emit(TokenKind::kEnd);
  }
  return true;
}

/// Scans the `{{` of an action; returns false for a comment.
bool Lexer::ScanOpen(Token& token) {
  place_ += kOpenMark.size();
  const std::size_t mark = HasLeftTrimMark(Rest()) ? kTrimMarkBytes : 0;
  if (Rest().substr(mark).starts_with(kCommentBegin)) {
    place_ += mark;
    Ignore();
    return SkipComment(token);
  }
  token = Emit(TokenKind::kOpen);
  place_ += mark;
  Ignore();
  parentheses_ = 0;
  state_ = State::kAction;
  return true;
}

/// Returns whether the comment is wrong.
bool Lexer::SkipComment(Token& token) {
  const std::size_t end = text_.find(kCommentEnd, place_ + kCommentBegin.size());
  if (end == text_.npos) {
    token = Wrong("unclosed comment");
    return true;
  }
  place_ = end + kCommentEnd.size();
  if (!AtClose()) {
    token = Wrong("comment ends before closing delimiter");
    return true;
  }
  const bool trims = HasTrimmedClose(Rest());
  place_ += (trims ? kTrimMarkBytes : 0) + kCloseMark.size();
  place_ += trims ? LeadingSpaces(Rest()) : 0;
  Ignore();
  state_ = State::kText;
  return false;
}

Token Lexer::ScanClose() {
  const bool trims = HasTrimmedClose(Rest());
  place_ += trims ? kTrimMarkBytes : 0;
  Ignore();
  place_ += kCloseMark.size();
  Token token = Emit(TokenKind::kClose);
  place_ += trims ? LeadingSpaces(Rest()) : 0;
  Ignore();
  state_ = State::kText;
  return token;
}

Token Lexer::ScanAction() {
  if (AtClose()) {
    return parentheses_ == 0 ? ScanClose() : Wrong("unclosed left paren");
  }
  const char32_t rune = TakeRune();
  const bool digit_follows = Peek() >= '0' && Peek() <= '9';
  if (IsSpace(rune)) {
    return ScanSpace();
  }
  if (rune == '"') {
    return ScanDelimited('"', TokenKind::kString, "unterminated quoted string");
  }
  if (rune == '\'') {
    return ScanDelimited('\'', TokenKind::kCharacter, "unterminated character constant");
  }
  if (rune == '`') {
    return ScanRawString();
  }
  if (rune == '$' || (rune == '.' && !digit_follows)) {
    return ScanFieldOrVariable(rune == '$' ? TokenKind::kVariable : TokenKind::kField);
  }
  if (rune == '.' || rune == '+' || rune == '-' || (rune >= '0' && rune <= '9')) {
    place_ = start_;
    return ScanNumber();
  }
  if (rune != kEnd && IsNameRune(rune)) {
    return ScanIdentifier();
  }
  return ScanSign(rune);
}

Token Lexer::ScanSign(char32_t rune) {
  switch (rune) {
    case kEnd:
      return Wrong("unclosed action");
    case '=':
      return Emit(TokenKind::kAssign);
    case ':':
      return TakeRune() == '=' ? Emit(TokenKind::kDeclare) : Wrong("expected :=");
    case '|':
      return Emit(TokenKind::kPipe);
    case '(':
      ++parentheses_;
      return Emit(TokenKind::kLeftParenthesis);
    case ')':
      --parentheses_;
      return parentheses_ >= 0
                 ? Emit(TokenKind::kRightParenthesis)
                 : Wrong(fmt::format("unexpected right paren {}", DescribeRune(rune)));
    default:
      return rune > ' ' && rune < 0x7F
                 ? Emit(TokenKind::kSign)
                 : Wrong(fmt::format("unrecognized character in action: {}", DescribeRune(rune)));
  }
}

Token Lexer::ScanSpace() {
  std::size_t spaces = 1;
  for (; IsSpace(Peek()); ++spaces) {
    TakeRune();
  }
  // The last one may belong to the trim marker of the closing braces.
  if (HasTrimmedClose(text_.substr(place_ - 1))) {
    --place_;
    if (spaces == 1) {
      return ScanClose();
    }
  }
  return Emit(TokenKind::kSpace);
}

Token Lexer::ScanDelimited(char32_t quote, TokenKind kind, std::string_view unterminated) {
  for (;;) {
    char32_t rune = TakeRune();
    if (rune == quote) {
      return Emit(kind);
    }
    const bool escaped = rune == '\\';
    rune = escaped ? TakeRune() : rune;
    if (rune == kEnd || rune == '\n') {
      return Wrong(std::string(unterminated));
    }
  }
}

Token Lexer::ScanRawString() {
  const std::size_t end = text_.find('`', place_);
  if (end == text_.npos) {
    return Wrong("unterminated raw quoted string");
  }
  place_ = end + 1;
  return Emit(TokenKind::kRawString);
}

Token Lexer::ScanFieldOrVariable(TokenKind kind) {
  if (AtTerminator()) {
    return Emit(kind == TokenKind::kField ? TokenKind::kDot : kind);
  }
  TakeNameRunes();
  return AtTerminator() ? Emit(kind) : Wrong(fmt::format("bad character {}", DescribeRune(Peek())));
}

Token Lexer::ScanIdentifier() {
  TakeNameRunes();
  if (!AtTerminator()) {
    return Wrong(fmt::format("bad character {}", DescribeRune(Peek())));
  }
  const std::string_view word = text_.substr(start_, place_ - start_);
  const auto* const keyword = std::find_if(kKeywords.begin(), kKeywords.end(),
                                           [&](const auto& entry) { return entry.first == word; });
  if (keyword != kKeywords.end()) {
    return Emit(keyword->second);
  }
  return Emit(word == "true" || word == "false" ? TokenKind::kBool : TokenKind::kIdentifier);
}

Token Lexer::ScanNumber() {
  const auto wrong = [this] {
    return Wrong(
        fmt::format("bad number syntax: {}", Quote(text_.substr(start_, place_ - start_))));
  };
  if (!TakeNumber()) {
    return wrong();
  }
  if (Peek() != '+' && Peek() != '-') {
    return Emit(TokenKind::kNumber);
  }
  return TakeNumber() && text_[place_ - 1] == 'i' ? Emit(TokenKind::kComplex) : wrong();
}

/// Takes what looks like a number; the parser reads it exactly.
bool Lexer::TakeNumber() {
  std::string_view digits = "0123456789_";
  Take("+-");
  if (Take("0")) {
    digits = Take("xX")   ? "0123456789abcdefABCDEF_"
             : Take("oO") ? "01234567_"
             : Take("bB") ? "01_"
                          : digits;
  }
  TakeAll(digits);
  if (Take(".")) {
    TakeAll(digits);
  }
  constexpr std::size_t kDecimal = 11;
  constexpr std::size_t kHexadecimal = 23;
  if ((digits.size() == kDecimal && Take("eE")) || (digits.size() == kHexadecimal && Take("pP"))) {
    Take("+-");
    TakeAll("0123456789_");
  }
  Take("i");
  if (Peek() != kEnd && IsNameRune(Peek())) {
    TakeRune();
    return false;
  }
  return true;
}

bool Lexer::Take(std::string_view any_of) {
  const bool found = place_ < text_.size() && any_of.find(text_[place_]) != any_of.npos;
  place_ += found ? 1 : 0;
  return found;
}

void Lexer::TakeAll(std::string_view any_of) {
  place_ = std::min(text_.find_first_not_of(any_of, place_), text_.size());
}

void Lexer::TakeNameRunes() {
  while (Peek() != kEnd && IsNameRune(Peek())) {
    TakeRune();
  }
}

bool Lexer::AtClose() const {
  return HasTrimmedClose(Rest()) || Rest().starts_with(kCloseMark);
}

/// Whether a name may end here: `$x+2` is not accepted.
bool Lexer::AtTerminator() const {
  const char32_t rune = Peek();
  constexpr std::u32string_view kTerminators = U".,|:)(}";
  return rune == kEnd || IsSpace(rune) || kTerminators.find(rune) != kTerminators.npos;
}

char32_t Lexer::Peek() const {
  return place_ < text_.size() ? DecodeRune(Rest()).rune : kEnd;
}

char32_t Lexer::TakeRune() {
  if (place_ >= text_.size()) {
    return kEnd;
  }
  const DecodedRune decoded = DecodeRune(Rest());
  place_ += decoded.size;
  return decoded.rune;
}

}  // namespace hakem::gotemplate
