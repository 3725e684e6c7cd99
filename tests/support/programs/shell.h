#pragma once

#include <string>
#include <string_view>

namespace hakem {

/// What a command printed on standard output and standard error, and its exit status (-1 when it
/// did not end by itself).
struct ShellOutput {
  int status = -1;
  std::string text;
};

/// Runs a command of /bin/sh to its end.
ShellOutput RunShell(const std::string& command);

/// The text as one word of a shell command.
std::string ShellWord(std::string_view text);

}  // namespace hakem
