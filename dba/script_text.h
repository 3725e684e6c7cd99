#pragma once

#include <string>
#include <string_view>

namespace hakem::dba {

/// Replaces everything in the text that a terminal, psql or a reader could mistake: control
/// characters (a carriage return ends a comment), line separators, marks that change the direction
/// of writing, bytes that are not UTF-8. A character becomes `<U+000D>`, a byte `<0x9B>`. The
/// result is one line.
std::string VisibleText(std::string_view text);

/// Quotes a name as an SQL identifier that is safe in a statement, a script and a terminal:
/// `"name"`, or `U&"na\+00000Dme"` if it has a character that VisibleText would replace.
std::string ScriptIdentifier(std::string_view name);

}  // namespace hakem::dba
