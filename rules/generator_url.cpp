#include "rules/generator_url.h"

#include <fmt/format.h>

namespace hakem::rules {
namespace {

constexpr std::string_view kUnreserved =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~";

}  // namespace

std::string GeneratorUrl(std::string_view external_url, std::string_view query) {
  std::string escaped;
  for (const char c : query) {
    if (kUnreserved.find(c) != kUnreserved.npos) {
      escaped += c;
    } else if (c == ' ') {
      escaped += '+';
    } else {
      escaped += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return fmt::format("{}/graph?g0.expr={}&g0.tab=1", external_url, escaped);
}

}  // namespace hakem::rules
