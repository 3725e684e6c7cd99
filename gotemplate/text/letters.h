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

/// Unicode's simple case mappings, as Go's strings.ToUpper and strings.ToLower use them. A byte
/// that is not UTF-8 becomes U+FFFD.
std::string ToUpperCase(std::string_view text);
std::string ToLowerCase(std::string_view text);

/// Puts the first letter of each word into title case, as Go's strings.Title does: a word begins
/// after white space or after an ASCII character that is neither letter, digit nor `_`.
std::string ToTitleCase(std::string_view text);

}  // namespace hakem::gotemplate
