#pragma once

#include <string>
#include <string_view>

namespace hakem {

/// What stands for a text in HTML, between tags and in quoted attributes.
std::string EscapeHtml(std::string_view text);

}  // namespace hakem
