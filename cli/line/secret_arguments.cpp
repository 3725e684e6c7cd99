#include "cli/line/secret_arguments.h"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <string_view>

namespace hakem::cli {
namespace {

constexpr std::string_view kSecretOptions[] = {"--dsn", "--admin", "--server"};

bool IsSecretOption(std::string_view name) {
  return std::find(std::begin(kSecretOptions), std::end(kSecretOptions), name) !=
         std::end(kSecretOptions);
}

void Overwrite(char* text) {
  std::fill_n(text, std::strlen(text), '*');
}

}  // namespace

void HideSecretArguments(std::span<char* const> arguments) {
  bool is_value = false;  // Whether the argument before is an option without `=`.
  for (char* const argument : arguments) {
    const std::string_view text = argument;
    const std::size_t equals = std::min(text.find('='), text.size());
    const bool is_option = !is_value && IsSecretOption(text.substr(0, equals));
    if (is_value) {
      Overwrite(argument);
    } else if (is_option && equals < text.size()) {
      Overwrite(argument + equals + 1);
    }
    is_value = is_option && equals == text.size();
  }
}

}  // namespace hakem::cli
