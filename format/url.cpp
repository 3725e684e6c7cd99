#include "format/url.h"

#include <fmt/format.h>

#include <iterator>

namespace hakem {
namespace {

constexpr std::string_view kUnreserved =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~";

}  // namespace

std::string EscapeUrlQuery(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (kUnreserved.find(c) != kUnreserved.npos) {
      escaped += c;
    } else if (c == ' ') {
      escaped += '+';
    } else {
      fmt::format_to(std::back_inserter(escaped), "%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return escaped;
}

}  // namespace hakem
