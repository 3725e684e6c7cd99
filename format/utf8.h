#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace hakem {

/// Returns the size in bytes of the UTF-8 character at the beginning of `text`, or 0 when there is
/// no valid one. Overlong forms, surrogates and numbers beyond U+10FFFF are invalid.
std::size_t CharacterBytes(std::string_view text);

/// Makes a text valid UTF-8: each invalid byte becomes the four characters `\xe9`, so that
/// different texts stay different. A name in a SQL_ASCII database may contain any byte, and one
/// invalid label makes a scraper reject the whole page.
std::string ToUtf8(std::string_view text);

/// Returns the position of the first byte that is not valid UTF-8, or nothing.
std::optional<std::size_t> FirstInvalidByte(std::string_view text);

/// Shortens text that came from outside, for a log line or a response, to at most `limit` bytes.
/// Cuts at a UTF-8 character and puts `…` in place of the rest.
std::string Cut(std::string_view text, std::size_t limit = 200);

}  // namespace hakem
