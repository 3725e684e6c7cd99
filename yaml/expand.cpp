#include "yaml/expand.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace hakem::yaml {
namespace {

bool IsVariableName(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](unsigned char c) { return std::isalnum(c) != 0 || c == '_' || c == '.'; });
}

/// Expands one variable; `inside` is the text between `${` and `}`.
Result<std::string> Lookup(std::string_view inside, const Environment& environment) {
  const std::size_t separator = inside.find(":-");
  const std::string name(inside.substr(0, separator));
  if (name.empty()) {
    return Fail(ErrorCode::kInvalidInput, "\"${}\" names no environment variable");
  }
  const std::optional<std::string> value = environment(name);
  if (separator != inside.npos) {
    return value && !value->empty() ? *value : std::string(inside.substr(separator + 2));
  }
  if (!value && !IsVariableName(name)) {  // It may be a part of a password, so it is not shown.
    return Fail(ErrorCode::kInvalidInput,
                "what \"${…}\" contains is not the name of an environment variable; for a literal "
                "\"${\", write \"$${\"");
  }
  if (!value) {
    return Fail(
        ErrorCode::kInvalidInput,
        fmt::format("the environment variable {0} is not set; ${{{0}:-default}} gives a default",
                    name));
  }
  return *value;
}

}  // namespace

Result<std::string> Expand(std::string_view text, const Environment& environment) {
  std::string expanded;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t dollar = text.find('$', at);
    expanded.append(text.substr(at, dollar - at));
    if (dollar == text.npos) {
      break;
    }
    const char next = dollar + 1 < text.size() ? text[dollar + 1] : '\0';
    if (next != '{') {
      expanded += '$';
      at = dollar + (next == '$' ? 2 : 1);
      continue;
    }
    const std::size_t close = text.find('}', dollar);
    if (close == text.npos) {
      return Fail(ErrorCode::kInvalidInput,
                  "a \"${\" lacks its \"}\"; for a literal one, write \"$${\"");
    }
    Result<std::string> value = Lookup(text.substr(dollar + 2, close - dollar - 2), environment);
    if (!value) {
      return value;
    }
    expanded += *value;
    at = close + 1;
  }
  return expanded;
}

}  // namespace hakem::yaml
