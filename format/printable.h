#pragma once

#include <string>
#include <string_view>

namespace hakem {

/// Escapes everything that could control a terminal or disguise the text, because names in a
/// database may contain it. Control characters (C0 except newline and tab, DEL, C1), Unicode's
/// direction controls and line separators become `\u001b`, as in JSON. Bytes that are not UTF-8
/// become `\x9b`.
std::string Printable(std::string_view text);

}  // namespace hakem
