#include "cli/terminal.h"

#include <fmt/format.h>
#include <termios.h>
#include <unistd.h>

#include <cstdio>
#include <iostream>

namespace hakem::exporter {
namespace {

std::string ReadLine() {
  std::string line;
  std::getline(std::cin, line);
  return line;
}

/// What is typed is not shown while this lives.
class Hidden {
 public:
  Hidden() : is_terminal_(tcgetattr(STDIN_FILENO, &before_) == 0) {
    if (is_terminal_) {
      termios hidden = before_;
      hidden.c_lflag &= ~static_cast<tcflag_t>(ECHO);
      tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
    }
  }

  Hidden(const Hidden&) = delete;
  Hidden& operator=(const Hidden&) = delete;

  ~Hidden() {
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
  const Hidden hidden;  // Before the prompt: who has seen it may type.
  fmt::print(stderr, "{}: ", question);
  Secret answer(ReadLine());
  fmt::print(stderr, "\n");
  return answer;
}

}  // namespace hakem::exporter
