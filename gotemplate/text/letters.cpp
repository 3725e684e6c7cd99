#include "gotemplate/text/letters.h"

#include <span>

#include "format/quote.h"
#include "gotemplate/text/case_ranges.h"
#include "model/regex.h"

namespace hakem::gotemplate {
namespace {

constexpr char32_t kFirstBeyondAscii = 0x80;

/// Looks a character beyond ASCII up in one of Unicode's categories, which RE2 knows.
bool HasCategory(char32_t rune, const Regex& category) {
  std::string text;
  AppendRune(text, rune);
  return category.Matches(text);
}

bool IsAsciiLetter(char32_t rune) {
  return (rune >= 'a' && rune <= 'z') || (rune >= 'A' && rune <= 'Z');
}

char32_t Mapped(char32_t rune, std::span<const CaseRange> ranges) {
  for (const CaseRange& range : ranges) {
    if (rune < range.first) {
      break;
    }
    if (rune <= range.last && (rune - range.first) % static_cast<char32_t>(range.step) == 0) {
      return static_cast<char32_t>(static_cast<std::int64_t>(rune) + range.distance);
    }
  }
  return rune;
}

char32_t ToLower(char32_t rune) {
  if (rune < kFirstBeyondAscii) {
    return rune >= 'A' && rune <= 'Z' ? rune - 'A' + 'a' : rune;
  }
  return Mapped(rune, kToLowerRanges);
}

template <typename Map>
std::string MapRunes(std::string_view text, Map map) {
  std::string mapped;
  mapped.reserve(text.size());
  while (!text.empty()) {
    const DecodedRune decoded = DecodeRune(text);
    AppendRune(mapped, map(decoded.rune));
    text.remove_prefix(decoded.size);
  }
  return mapped;
}

}  // namespace

char32_t ToUpper(char32_t rune) {
  if (rune < kFirstBeyondAscii) {
    return rune >= 'a' && rune <= 'z' ? rune - 'a' + 'A' : rune;
  }
  return Mapped(rune, kToUpperRanges);
}

bool IsLetter(char32_t rune) {
  static const Regex category = *Regex::Compile("\\p{L}");
  return rune < kFirstBeyondAscii ? IsAsciiLetter(rune) : HasCategory(rune, category);
}

bool IsDigit(char32_t rune) {
  static const Regex category = *Regex::Compile("\\p{Nd}");
  return rune < kFirstBeyondAscii ? rune >= '0' && rune <= '9' : HasCategory(rune, category);
}

bool IsNameRune(char32_t rune) {
  return rune == '_' || IsLetter(rune) || IsDigit(rune);
}

std::string ToUpperCase(std::string_view text) {
  return MapRunes(text, ToUpper);
}

std::string ToLowerCase(std::string_view text) {
  return MapRunes(text, ToLower);
}

}  // namespace hakem::gotemplate
