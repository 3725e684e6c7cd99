#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace hakem {

/// Quotes a text with Go's escapes, as Prometheus prints strings: `"…"`, in which everything that
/// is not printable UTF-8 becomes \n, \x.. or \u....
std::string Quote(std::string_view text);

/// Quotes one character as Prometheus' messages do: `'a'`, `'\n'`.
std::string QuoteRune(char32_t rune);

/// Returns a character's number and, if it is printable, the character: `U+0071 'q'`, `U+000A`.
std::string DescribeRune(char32_t rune);

/// Whether Quote leaves the character as it is, except for quotes and backslashes.
bool IsPrintableRune(char32_t rune);

/// Returns the text of a quoted literal (`"…"`, `'…'` or raw in backquotes), or nothing when an
/// escape is invalid.
std::optional<std::string> Unquote(std::string_view literal);

/// A character and its size in bytes. An invalid byte is U+FFFD with size 1.
struct DecodedRune {
  char32_t rune;
  std::size_t size;
};

/// Decodes the first character. Requires: `text` is not empty.
DecodedRune DecodeRune(std::string_view text);

bool IsValidUtf8(std::string_view text);

/// Appends the character as UTF-8.
void AppendRune(std::string& text, char32_t rune);

}  // namespace hakem
