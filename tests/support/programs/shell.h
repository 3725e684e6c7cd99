#pragma once

#include <string>
#include <string_view>

namespace hakem {

/// Standard output and standard error of a command, and its exit status (-1 if it was killed).
struct ShellOutput {
  int status = -1;
  std::string text;
};

/// Runs a command of /bin/sh to its end.
ShellOutput RunShell(const std::string& command);

/// Quotes the text as one word of a shell command.
std::string ShellWord(std::string_view text);

}  // namespace hakem
