#include "gotemplate/functions/escaping.h"

#include <fmt/format.h>

#include "format/quote.h"

namespace hakem::gotemplate {
namespace {

constexpr char32_t kFirstBeyondAscii = 0x80;

std::string_view HtmlEscape(char c) {
  switch (c) {
    case '\0':
      return "\uFFFD";
    case '"':
      return "&#34;";
    case '\'':
      return "&#39;";
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    default:
      return {};
  }
}

std::string EscapedAscii(char c) {
  switch (c) {
    case '\\':
    case '\'':
    case '"':
      return {'\\', c};
    case '<':
    case '>':
    case '&':
    case '=':
      return fmt::format("\\u{:04X}", static_cast<unsigned>(c));
    default:
      return c < ' ' ? fmt::format("\\u{:04X}", static_cast<unsigned>(c)) : std::string(1, c);
  }
}

}  // namespace

std::string EscapeForHtml(std::string_view text) {
  std::string escaped;
  escaped.reserve(text.size());
  for (const char c : text) {
    const std::string_view escape = HtmlEscape(c);
    escaped += escape.empty() ? std::string_view(&c, 1) : escape;
  }
  return escaped;
}

std::string EscapeForJavaScript(std::string_view text) {
  std::string escaped;
  escaped.reserve(text.size());
  while (!text.empty()) {
    const DecodedRune decoded = DecodeRune(text);
    if (decoded.rune < kFirstBeyondAscii) {
      escaped += EscapedAscii(text[0]);
    } else if (IsPrintableRune(decoded.rune)) {
      escaped += text.substr(0, decoded.size);
    } else {
      escaped += fmt::format("\\u{:04X}", static_cast<std::uint32_t>(decoded.rune));
    }
    text.remove_prefix(decoded.size);
  }
  return escaped;
}

}  // namespace hakem::gotemplate
