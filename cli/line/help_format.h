#pragma once

#include <CLI/CLI.hpp>
#include <cstddef>
#include <string>
#include <string_view>

namespace hakem::cli {

/// Breaks lines at spaces so that none has more than `width` bytes, unless a single word has.
std::string WrapLines(std::string_view text, std::size_t width);

/// Formats `--help` for a terminal of 100 columns. The environment variable that can replace an
/// option stands at the end of the option's description.
class HelpFormat final : public CLI::Formatter {
 public:
  HelpFormat();

  std::string make_option_opts(const CLI::Option* option) const override;
  std::string make_option_desc(const CLI::Option* option) const override;
  std::string make_subcommand(const CLI::App* command) const override;
  std::string make_footer(const CLI::App* app) const override;
};

}  // namespace hakem::cli
