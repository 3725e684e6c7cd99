#include "cli/system/terminal.h"

#include <fmt/format.h>
#include <termios.h>
#include <unistd.h>

#include <cstdio>
#include <iostream>

namespace hakem::cli {
namespace {

std::string ReadLine() {
  std::string line;
  std::getline(std::cin, line);
  return line;
}

/// Turns off the terminal's echo while it exists.
class EchoOff {
 public:
  EchoOff() : is_terminal_(tcgetattr(STDIN_FILENO, &before_) == 0) {
    if (is_terminal_) {
      termios hidden = before_;
      hidden.c_lflag &= ~static_cast<tcflag_t>(ECHO);
      tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
    }
  }

  EchoOff(const EchoOff&) = delete;
  EchoOff& operator=(const EchoOff&) = delete;

  ~EchoOff() {
    if (is_terminal_) {
      tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
    }
  }

 private:
  termios before_{};
  const bool is_terminal_;
};

}  // namespace

bool IsInteractive() {
  return isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1;
}

bool AskYesNo(const std::string& question) {
  fmt::print(stderr, "{} [y/N] ", question);
  const std::string answer = ReadLine();
  return !answer.empty() && (answer[0] == 'y' || answer[0] == 'Y');
}

Secret AskSecret(const std::string& question) {
  const EchoOff echo_off;  // Before the prompt, because people type as soon as they see it.
  fmt::print(stderr, "{}: ", question);
  Secret answer(ReadLine());
  fmt::print(stderr, "\n");
  return answer;
}

}  // namespace hakem::cli
