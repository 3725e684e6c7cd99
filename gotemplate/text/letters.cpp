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

char32_t ToUpper(char32_t rune) {
  if (rune < kFirstBeyondAscii) {
    return rune >= 'a' && rune <= 'z' ? rune - 'a' + 'A' : rune;
  }
  return Mapped(rune, kToUpperRanges);
}

char32_t ToLower(char32_t rune) {
  if (rune < kFirstBeyondAscii) {
    return rune >= 'A' && rune <= 'Z' ? rune - 'A' + 'a' : rune;
  }
  return Mapped(rune, kToLowerRanges);
}

char32_t ToTitle(char32_t rune) {
  if ((rune >= 0x1C4 && rune <= 0x1CC) || (rune >= 0x1F1 && rune <= 0x1F3)) {
    return rune < 0x1F1 ? 0x1C5 + (rune - 0x1C4) / 3 * 3 : 0x1F2;  // Digraphs such as U+01C6.
  }
  const bool georgian = rune >= 0x10D0 && rune <= 0x10FF;
  return georgian ? rune : ToUpper(rune);
}

/// Whether a word ends before the character.
bool IsSeparator(char32_t rune) {
  if (rune < kFirstBeyondAscii) {
    return !IsNameRune(rune);
  }
  return rune == 0x85 || rune == 0xA0 || rune == 0x1680 || (rune >= 0x2000 && rune <= 0x200A) ||
         rune == 0x2028 || rune == 0x2029 || rune == 0x202F || rune == 0x205F || rune == 0x3000;
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

std::string ToTitleCase(std::string_view text) {
  char32_t before = ' ';
  return MapRunes(text, [&before](char32_t rune) {
    const bool begins = IsSeparator(before);
    before = rune;
    return begins ? ToTitle(rune) : rune;
  });
}

}  // namespace hakem::gotemplate
