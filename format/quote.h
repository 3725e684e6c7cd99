#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace hakem {

/// `"…"` with Go's escapes, as Prometheus prints strings: what is not printable UTF-8 becomes \n,
/// \x.., \u....
std::string Quote(std::string_view text);

/// One character as Prometheus' messages show it: `'a'`, `'\n'`.
std::string QuoteRune(char32_t rune);

/// One character and its number: `U+0071 'q'`, and `U+000A` alone where nothing could be seen.
std::string DescribeRune(char32_t rune);

/// The text that a literal with its quotes (`"…"`, `'…'` or a raw one in backquotes) stands for;
/// nothing when an escape is wrong.
std::optional<std::string> Unquote(std::string_view literal);

/// A rune and the number of bytes it takes; what is no UTF-8 is U+FFFD of 1 byte.
struct DecodedRune {
  char32_t rune;
  std::size_t size;
};

/// The first rune. Requires: text is not empty.
DecodedRune DecodeRune(std::string_view text);

bool IsValidUtf8(std::string_view text);

/// Appends the rune as UTF-8.
void AppendRune(std::string& text, char32_t rune);

}  // namespace hakem
