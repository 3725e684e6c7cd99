#include "yaml/excess.h"

#include <fmt/format.h>

#include <algorithm>

namespace hakem::yaml {
namespace {

/// yaml-cpp holds what is in brackets in memory until they close: some 200 bytes for each bracket,
/// and up to 600 for each comma. A JSON file of 16 MiB has half as many commas.
constexpr std::size_t kMostOpenBrackets = 100'000;
constexpr std::size_t kMostCommasInBrackets = 1'000'000;

Error At(std::string_view file, std::string_view text, std::size_t position,
         std::string_view message) {
  const std::string_view before = text.substr(0, position);
  const std::size_t line_begin = before.rfind('\n') == before.npos ? 0 : before.rfind('\n') + 1;
  return {ErrorCode::kInvalidInput,
          fmt::format("{}:{}:{}: {}", file, 1 + std::count(before.begin(), before.end(), '\n'),
                      position - line_begin + 1, message)};
}

}  // namespace

std::optional<Error> FindExcess(std::string_view text, std::string_view file) {
  std::size_t open = 0;
  std::size_t commas = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '[' || c == '{') {
      ++open;
    } else if ((c == ']' || c == '}') && open > 0) {
      --open;
    }
    commas = open == 0 ? 0 : commas + (c == ',' ? 1 : 0);
    if (open > kMostOpenBrackets) {
      return At(file, text, i, "nested too deeply");
    }
    if (commas > kMostCommasInBrackets) {
      return At(file, text, i,
                fmt::format("more than {} values in brackets", kMostCommasInBrackets));
    }
  }
  return std::nullopt;
}

}  // namespace hakem::yaml
