#pragma once

#include <string>
#include <string_view>

namespace hakem::gotemplate {

/// Escapes a text for HTML as Go's template.HTMLEscapeString does: quotes become `&#34;` and
/// `&#39;`.
std::string EscapeForHtml(std::string_view text);

/// Escapes a text for a string of JavaScript as Go's template.JSEscapeString does.
std::string EscapeForJavaScript(std::string_view text);

}  // namespace hakem::gotemplate
