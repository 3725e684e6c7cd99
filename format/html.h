#pragma once

#include <string>
#include <string_view>

namespace hakem {

/// Escapes a text for HTML, between tags and in quoted attributes.
std::string EscapeHtml(std::string_view text);

}  // namespace hakem
