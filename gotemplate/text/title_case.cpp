#include <algorithm>
#include <vector>

#include "format/quote.h"
#include "gotemplate/text/case_ranges.h"
#include "gotemplate/text/letters.h"
#include "model/regex.h"

namespace hakem::gotemplate {
namespace {

/// What a character is to the rules by which words end (Unicode's UAX 29).
enum class WordRole {
  kLetter,
  kDigit,
  kJoiner,     ///< `_`: joins whatever is beside it.
  kMark,       ///< Accents and invisible characters: belong to the character before.
  kMidLetter,  ///< `:`: ends no word between two letters.
  kMidNumber,  ///< `,`: ends no word between two digits.
  kMidBoth,    ///< `.` and apostrophes: both.
  kOther,      ///< Ends a word.
};

constexpr char32_t kFirstBeyondAscii = 0x80;

bool HasClass(char32_t rune, const Regex& characters) {
  std::string text;
  AppendRune(text, rune);
  return characters.Matches(text);
}

WordRole RoleOfAscii(char32_t rune) {
  switch (rune) {
    case '_':
      return WordRole::kJoiner;
    case ':':
      return WordRole::kMidLetter;
    case ',':
    case ';':
      return WordRole::kMidNumber;
    case '.':
    case '\'':
      return WordRole::kMidBoth;
    default:
      return IsLetter(rune)  ? WordRole::kLetter
             : IsDigit(rune) ? WordRole::kDigit
                             : WordRole::kOther;
  }
}

WordRole RoleOf(char32_t rune) {
  static const Regex marks = *Regex::Compile("[\\p{M}\\p{Cf}]");
  static const Regex joiners = *Regex::Compile("\\p{Pc}");
  static const Regex mid_letters = *Regex::Compile("[\\x{B7}\\x{387}\\x{55F}\\x{5F4}\\x{2027}]");
  static const Regex mid_both =
      *Regex::Compile("[\\x{2018}\\x{2019}\\x{2024}\\x{FE52}\\x{FF07}\\x{FF0E}]");
  static const Regex without_spaces = *Regex::Compile(  // Scripts that put none between words.
      "[\\p{Han}\\p{Hiragana}\\p{Katakana}\\p{Thai}\\p{Lao}\\p{Khmer}\\p{Myanmar}"
      "\\x{3031}-\\x{3035}\\x{30FC}\\x{FF70}]");
  static const Regex letters = *Regex::Compile("[\\p{L}\\p{Nl}\\x{24B6}-\\x{24E9}]");
  if (rune < kFirstBeyondAscii) {
    return RoleOfAscii(rune);
  }
  if (HasClass(rune, letters)) {
    return HasClass(rune, without_spaces) ? WordRole::kOther : WordRole::kLetter;
  }
  return IsDigit(rune)                 ? WordRole::kDigit
         : HasClass(rune, marks)       ? WordRole::kMark
         : HasClass(rune, joiners)     ? WordRole::kJoiner
         : HasClass(rune, mid_letters) ? WordRole::kMidLetter
         : HasClass(rune, mid_both)    ? WordRole::kMidBoth
                                       : WordRole::kOther;
}

/// Whether the character has upper and lower case, or looks as if: Unicode's property Cased.
bool IsCased(char32_t rune) {
  static const Regex cased = *Regex::Compile(
      "[\\p{Lu}\\p{Ll}\\p{Lt}\\x{AA}\\x{BA}\\x{2B0}-\\x{2B8}\\x{2C0}\\x{2C1}\\x{2E0}-\\x{2E4}"
      "\\x{345}\\x{37A}\\x{1D2C}-\\x{1D6A}\\x{1D78}\\x{1D9B}-\\x{1DBF}\\x{2071}\\x{207F}"
      "\\x{2090}-\\x{209C}\\x{2160}-\\x{217F}\\x{24B6}-\\x{24E9}\\x{2C7C}\\x{2C7D}]");
  return rune < kFirstBeyondAscii ? IsLetter(rune) : HasClass(rune, cased);
}

void AppendTitle(std::string& text, char32_t rune) {
  const auto* const expansion =
      std::find_if(kTitleExpansions.begin(), kTitleExpansions.end(),
                   [&](const TitleExpansion& each) { return each.rune == rune; });
  if (expansion != kTitleExpansions.end()) {
    text += expansion->title;
  } else if (rune >= 0x1C4 && rune <= 0x1CC) {  // Digraphs such as U+01C6.
    AppendRune(text, 0x1C5 + (rune - 0x1C4) / 3 * 3);
  } else if (rune >= 0x1F1 && rune <= 0x1F3) {
    AppendRune(text, 0x1F2);
  } else {
    const bool georgian = rune >= 0x10D0 && rune <= 0x10FF;
    AppendRune(text, georgian ? rune : ToUpper(rune));
  }
}

struct Character {
  char32_t rune;
  WordRole role;
};

std::vector<Character> Characters(std::string_view text) {
  std::vector<Character> characters;
  while (!text.empty()) {
    const DecodedRune decoded = DecodeRune(text);
    characters.push_back({decoded.rune, RoleOf(decoded.rune)});
    text.remove_prefix(decoded.size);
  }
  return characters;
}

/// Returns the role of the first character from `place` on that is no mark.
WordRole RoleBehind(const std::vector<Character>& characters, std::size_t place) {
  while (place < characters.size() && characters[place].role == WordRole::kMark) {
    ++place;
  }
  return place < characters.size() ? characters[place].role : WordRole::kOther;
}

/// Whether a word goes on at a character that may stand inside of words.
bool Joins(WordRole role, WordRole before, WordRole behind) {
  const bool between_letters = before == WordRole::kLetter && behind == WordRole::kLetter;
  const bool between_digits = before == WordRole::kDigit && behind == WordRole::kDigit;
  return (between_letters && (role == WordRole::kMidLetter || role == WordRole::kMidBoth)) ||
         (between_digits && (role == WordRole::kMidNumber || role == WordRole::kMidBoth));
}

}  // namespace

std::string ToTitleCase(std::string_view text) {
  const std::vector<Character> characters = Characters(text);
  std::string title;
  bool in_word = false;  // A cased letter of the word was seen.
  WordRole before = WordRole::kOther;
  for (std::size_t i = 0; i < characters.size(); ++i) {
    const auto [rune, role] = characters[i];
    const bool ends_words = role == WordRole::kOther || role == WordRole::kMidLetter ||
                            role == WordRole::kMidNumber || role == WordRole::kMidBoth;
    if (ends_words && !Joins(role, before, RoleBehind(characters, i + 1))) {
      in_word = false;
    }
    if (!in_word && IsCased(rune)) {
      in_word = true;
      AppendTitle(title, rune);
    } else {
      AppendRune(title, rune);
    }
    before = role == WordRole::kMark ? before : role;
  }
  return title;
}

}  // namespace hakem::gotemplate
