#include "cli/line/help_format.h"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

namespace hakem::cli {
namespace {

constexpr std::size_t kWidth = 100;
constexpr std::size_t kNameWidth = 28;

/// Where to end a line that begins with `text`: at its newline, or before the word that is too
/// much.
std::size_t LineLength(std::string_view text, std::size_t width) {
  const std::size_t newline = std::min(text.find('\n'), text.size());
  if (newline <= width) {
    return newline;
  }
  const std::size_t last_space = text.rfind(' ', width);
  return std::min(last_space != text.npos ? last_space : text.find(' '), newline);
}

}  // namespace

std::string WrapLines(std::string_view text, std::size_t width) {
  std::string wrapped;
  while (!text.empty()) {
    const std::size_t length = LineLength(text, width);
    wrapped += text.substr(0, length);
    text.remove_prefix(std::min(text.size(), length + 1));  // The space or newline as well.
    wrapped += text.empty() ? "" : "\n";
  }
  return wrapped;
}

HelpFormat::HelpFormat() {
  column_width(kNameWidth);
  label("SUBCOMMAND", "COMMAND");
  label("REQUIRED", "");
}

std::string HelpFormat::make_option_opts(const CLI::Option* option) const {
  const std::string text = Formatter::make_option_opts(option);
  return text.substr(0, text.find(" (Env:"));
}

std::string HelpFormat::make_option_desc(const CLI::Option* option) const {
  std::string text = option->get_description();
  if (const std::string variable = option->get_envname(); !variable.empty()) {
    text += fmt::format(" (${})", variable);
  }
  return WrapLines(text, kWidth - kNameWidth);
}

std::string HelpFormat::make_subcommand(const CLI::App* command) const {
  std::ostringstream line;
  CLI::detail::format_help(line, command->get_name(),
                           WrapLines(command->get_description(), kWidth - kNameWidth), kNameWidth);
  return line.str();
}

std::string HelpFormat::make_footer(const CLI::App* app) const {
  return WrapLines(app->get_footer(), kWidth) + "\n";
}

}  // namespace hakem::cli
