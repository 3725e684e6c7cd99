#pragma once

#include <string>
#include <string_view>

namespace hakem::gotemplate {

/// Whether the character is a letter of any script (Unicode's category L).
bool IsLetter(char32_t rune);

/// Whether the character is a decimal digit of any script (Unicode's category Nd).
bool IsDigit(char32_t rune);

/// Whether the character may be part of a name in a template: a letter, a digit or `_`.
bool IsNameRune(char32_t rune);

/// The simple upper case of a character; the character itself if it has none.
char32_t ToUpper(char32_t rune);

/// Unicode's simple case mappings, as Go's strings.ToUpper and strings.ToLower use them. A byte
/// that is not UTF-8 becomes U+FFFD.
std::string ToUpperCase(std::string_view text);
std::string ToLowerCase(std::string_view text);

/// Puts the first cased letter of each word into title case and leaves the others unchanged, as
/// Prometheus' function `title` does. Words end as Unicode says: `it's` and `a.b` are one word
/// each.
std::string ToTitleCase(std::string_view text);

}  // namespace hakem::gotemplate
