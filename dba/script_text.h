#pragma once

#include <string>
#include <string_view>

namespace hakem::exporter {

/// The text with everything replaced that a terminal, psql or a reader could take for something
/// else than a letter: control characters (a carriage return ends a comment), line separators,
/// marks that turn the direction of writing, bytes that are no UTF-8. Each becomes `<U+000D>`, or
/// `<0x9B>` for a byte. What remains is one line.
std::string VisibleText(std::string_view text);

/// The name as an SQL identifier that can stand in a statement, a script and a terminal whatever
/// the name: `"name"`, or `U&"na\+00000Dme"` where VisibleText would replace a character.
std::string ScriptIdentifier(std::string_view name);

}  // namespace hakem::exporter
