#include "tests/support/programs/terminal_run.h"

#include <poll.h>
#include <pty.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>

#include "tests/support/paths.h"

namespace hakem {
namespace {

constexpr int kPatienceMilliseconds = 20'000;

/// Executes hakem in the child process.
[[noreturn]] void Become(const std::vector<std::string>& arguments,
                         const std::map<std::string, std::string>& environment) {
  for (const auto& [name, value] : environment) {
    setenv(name.c_str(), value.c_str(), 1);
  }
  std::string program = HakemProgram();
  std::vector<std::string> words = arguments;
  std::vector<char*> argv{program.data()};
  for (std::string& word : words) {
    argv.push_back(word.data());
  }
  argv.push_back(nullptr);
  execv(program.c_str(), argv.data());
  _exit(127);
}

/// Reads the next output. Returns false at the end, and if no output appears for too long.
bool ReadMore(int terminal, std::string& screen) {
  pollfd wait{.fd = terminal, .events = POLLIN, .revents = 0};
  if (poll(&wait, 1, kPatienceMilliseconds) != 1) {
    return false;
  }
  std::array<char, 4096> buffer{};
  const ssize_t got = read(terminal, buffer.data(), buffer.size());
  screen.append(buffer.data(), got > 0 ? static_cast<std::size_t>(got) : 0);
  return got > 0;
}

}  // namespace

TerminalRun RunHakemAtTerminal(const std::vector<std::string>& arguments,
                               const std::map<std::string, std::string>& environment,
                               const std::vector<Reply>& replies) {
  int terminal = -1;
  const pid_t child = forkpty(&terminal, nullptr, nullptr, nullptr);
  if (child == 0) {
    Become(arguments, environment);
  }
  TerminalRun run;
  std::size_t seen = 0;
  bool in_step = true;
  for (const Reply& reply : replies) {
    std::size_t found = run.screen.find(reply.prompt, seen);
    while (found == std::string::npos && (in_step = ReadMore(terminal, run.screen))) {
      found = run.screen.find(reply.prompt, seen);
    }
    if (!in_step) {
      break;
    }
    seen = found + reply.prompt.size();
    if (reply.meanwhile) {
      reply.meanwhile();
    }
    const std::string line = reply.typed + "\n";
    in_step = write(terminal, line.data(), line.size()) == static_cast<ssize_t>(line.size());
  }
  while (in_step && ReadMore(terminal, run.screen)) {
  }
  if (!in_step) {
    kill(child, SIGKILL);
  }
  close(terminal);
  int status = 0;
  waitpid(child, &status, 0);
  run.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return run;
}

}  // namespace hakem
