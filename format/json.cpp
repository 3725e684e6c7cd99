#include "format/json.h"

#include <fmt/format.h>

#include <iterator>

#include "format/number.h"
#include "format/quote.h"

namespace hakem {
namespace {

constexpr std::string_view kReplacement = "\uFFFD";
constexpr char32_t kReplacementRune = 0xFFFD;

bool IsPlain(char c) {
  return static_cast<unsigned char>(c) >= 0x20 && static_cast<unsigned char>(c) < 0x80 &&
         c != '"' && c != '\\';
}

void AppendEscaped(std::string& json, char c) {
  switch (c) {
    case '"':
      json += "\\\"";
      return;
    case '\\':
      json += "\\\\";
      return;
    case '\n':
      json += "\\n";
      return;
    case '\r':
      json += "\\r";
      return;
    case '\t':
      json += "\\t";
      return;
    default:
      fmt::format_to(std::back_inserter(json), "\\u{:04x}", static_cast<unsigned>(c));
  }
}

}  // namespace

void AppendJsonString(std::string& json, std::string_view text) {
  json += '"';
  while (!text.empty()) {
    std::size_t plain = 0;
    while (plain < text.size() && IsPlain(text[plain])) {
      ++plain;
    }
    json += text.substr(0, plain);
    text.remove_prefix(plain);
    if (text.empty()) {
      break;
    }
    std::size_t taken = 1;
    if (static_cast<unsigned char>(text[0]) < 0x80) {
      AppendEscaped(json, text[0]);
    } else {
      const DecodedRune decoded = DecodeRune(text);
      taken = decoded.size;
      json += decoded.rune == kReplacementRune ? kReplacement : text.substr(0, taken);
    }
    text.remove_prefix(taken);
  }
  json += '"';
}

void AppendSampleValue(std::string& json, double value) {
  json += '"';
  AppendNumber(json, value, NumberForm::kJson);
  json += '"';
}

void AppendJsonNumber(std::string& json, double value) {
  AppendNumber(json, value, NumberForm::kJson);
}

}  // namespace hakem
