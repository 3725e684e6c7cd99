#pragma once

#include <string>
#include <string_view>

namespace hakem {

/// The text without anything that steers a terminal or hides what it says: control characters (C0
/// but for newline and tab, DEL, C1), the controls of writing directions and the line separators of
/// Unicode become `\u001b`, which in JSON is the same character; bytes that are no UTF-8 become
/// `\x9b`. Names in a database may hold any of these.
std::string Printable(std::string_view text);

}  // namespace hakem
