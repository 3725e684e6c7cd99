#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace hakem {

/// How many bytes the character has that `text` begins with; 0 when it begins with none. Neither
/// overlong forms nor surrogates are characters, nor is what lies beyond U+10FFFF.
std::size_t CharacterBytes(std::string_view text);

/// The text as UTF-8: each byte that is no part of a character is written as four, `\xe9`, so that
/// texts which differ still do. Names in a database of the encoding SQL_ASCII may hold any byte,
/// and one such label makes a scraper refuse the whole page.
std::string ToUtf8(std::string_view text);

/// Where the first byte stands that is no part of a character of UTF-8; nothing when there is none.
std::optional<std::size_t> FirstInvalidByte(std::string_view text);

}  // namespace hakem
