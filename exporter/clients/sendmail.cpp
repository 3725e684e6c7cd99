#include "exporter/clients/sendmail.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <utility>
#include <vector>

#include "model/clock.h"
#include "process/child_process.h"

namespace hakem::exporter {
namespace {

/// How often the child's end and a request to stop are looked for.
constexpr Duration kLook = std::chrono::milliseconds(50);
constexpr std::size_t kMostOutput = 4096;

/// What mail programs read; everything else, passwords among it, stays with us.
constexpr const char* kVariables[] = {"PATH",     "HOME",     "USER",           "LOGNAME",
                                      "TZ",       "TMPDIR",   "LANG",           "LC_ALL",
                                      "MAILNAME", "MAILHOST", "XDG_CONFIG_HOME"};

std::string Cause(int error) {
  return std::strerror(error);  // NOLINT(concurrency-mt-unsafe): glibc's is.
}

tl::unexpected<Error> CannotStart(const std::string& program, int error) {
  const bool missing = error == ENOENT || error == EACCES || error == ENOEXEC || error == ENOTDIR;
  return Fail(missing ? ErrorCode::kNotFound : ErrorCode::kUnavailable,
              fmt::format("cannot run {}: {}", program, Cause(error)));
}

class Descriptor {
 public:
  explicit Descriptor(int fd = -1) : fd_(fd) {}

  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  ~Descriptor() { Close(); }

  int get() const { return fd_; }

  void Close() {
    if (fd_ >= 0) {
      close(std::exchange(fd_, -1));
    }
  }

 private:
  int fd_;
};

/// Writes the message to a file in memory, which unlike a pipe can neither block nor break.
bool Fill(int file, std::string_view message) {
  while (!message.empty()) {
    const ssize_t written = write(file, message.data(), message.size());
    if (written < 0 && errno == EINTR) {
      continue;
    }
    if (written <= 0) {
      return false;
    }
    message.remove_prefix(static_cast<std::size_t>(written));
  }
  return lseek(file, 0, SEEK_SET) == 0;
}

std::vector<std::string> Environment() {
  std::vector<std::string> environment;
  for (const char* name : kVariables) {
    // Nobody writes to the environment after main has begun.
    if (const char* value = std::getenv(name)) {  // NOLINT(concurrency-mt-unsafe)
      environment.push_back(fmt::format("{}={}", name, value));
    }
  }
  return environment;
}

std::vector<char*> Pointers(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (std::string& text : texts) {
    pointers.push_back(text.data());
  }
  pointers.push_back(nullptr);
  return pointers;
}

/// What posix_spawn is to do: a process group of its own, signals as at a login, the message as
/// standard input, and no other descriptor of ours.
class SpawnPlan {
 public:
  SpawnPlan(int input, int output) {
    sigset_t none;
    sigemptyset(&none);
    sigset_t all;
    sigfillset(&all);
    posix_spawnattr_init(&attributes_);
    posix_spawnattr_setflags(
        &attributes_, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    posix_spawnattr_setpgroup(&attributes_, 0);
    posix_spawnattr_setsigmask(&attributes_, &none);
    posix_spawnattr_setsigdefault(&attributes_, &all);
    posix_spawn_file_actions_init(&actions_);
    posix_spawn_file_actions_adddup2(&actions_, input, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions_, output, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions_, output, STDERR_FILENO);
    posix_spawn_file_actions_addclosefrom_np(&actions_, STDERR_FILENO + 1);
  }

  SpawnPlan(const SpawnPlan&) = delete;
  SpawnPlan& operator=(const SpawnPlan&) = delete;

  ~SpawnPlan() {
    posix_spawn_file_actions_destroy(&actions_);
    posix_spawnattr_destroy(&attributes_);
  }

  /// Returns 0 or the error.
  int Run(const std::string& program, pid_t& pid) const {
    std::vector<std::string> arguments{program, "-t", "-i"};
    std::vector<std::string> environment = Environment();
    return posix_spawn(&pid, program.c_str(), &actions_, &attributes_, Pointers(arguments).data(),
                       Pointers(environment).data());
  }

 private:
  posix_spawnattr_t attributes_;
  posix_spawn_file_actions_t actions_;
};

/// Takes what has been printed; keeps the beginning, so that the child never waits for us. False
/// when nobody can print any more.
bool TakeOutput(int pipe, std::string& said) {
  std::array<char, 4096> buffer;
  const ssize_t got = read(pipe, buffer.data(), buffer.size());
  if (got > 0) {
    said.append(buffer.data(), std::min(static_cast<std::size_t>(got), kMostOutput - said.size()));
  }
  return got > 0 || (got < 0 && (errno == EINTR || errno == EAGAIN));
}

/// Waits a little for output, or for the end.
void Look(Descriptor& pipe, std::string& said) {
  pollfd printed{.fd = pipe.get(), .events = POLLIN, .revents = 0};
  if (poll(&printed, 1, static_cast<int>(kLook.count())) > 0 && !TakeOutput(pipe.get(), said)) {
    pipe.Close();  // A closed one is left out by poll, which then waits.
  }
}

int StatusOf(int raw) {
  return WIFSIGNALED(raw) ? 128 + WTERMSIG(raw) : WEXITSTATUS(raw);
}

/// What it started in the background to deliver the mail may run on, unless it must be killed.
Result<SendmailRun> WaitFor(pid_t pid, Descriptor& pipe, Duration limit,
                            const std::stop_token& stop) {
  const SteadyTime deadline = SystemClock().SteadyNow() + limit;
  SendmailRun run;
  int raw = 0;
  while (waitpid(pid, &raw, WNOHANG) == 0) {
    const bool late = SystemClock().SteadyNow() >= deadline;
    if (late || stop.stop_requested()) {
      kill(-pid, SIGKILL);
      waitpid(pid, &raw, 0);
      return late ? Fail(ErrorCode::kTimeout,
                         fmt::format("sendmail did not end within {} s", ToSeconds(limit)))
                  : Fail(ErrorCode::kUnavailable, "stopped");
    }
    Look(pipe, run.said);
  }
  pollfd printed{.fd = pipe.get(), .events = POLLIN, .revents = 0};
  while (run.said.size() < kMostOutput && poll(&printed, 1, 0) > 0 &&
         TakeOutput(pipe.get(), run.said)) {
  }
  run.status = StatusOf(raw);
  return run;
}

}  // namespace

std::optional<std::string> FindSendmail(std::string_view path) {
  return process::FindProgram("sendmail", fmt::format("{}:/usr/sbin:/usr/lib", path));
}

Result<SendmailRun> RunSendmail(const std::string& program, std::string_view message,
                                Duration limit, const std::stop_token& stop) {
  const Descriptor input(memfd_create("mail", MFD_CLOEXEC));
  std::array<int, 2> ends{-1, -1};
  if (input.get() < 0 || !Fill(input.get(), message) || pipe2(ends.data(), O_CLOEXEC) != 0) {
    return CannotStart(program, errno);
  }
  Descriptor printed(ends[0]);
  Descriptor output(ends[1]);
  pid_t pid = 0;
  if (const int error = SpawnPlan(input.get(), output.get()).Run(program, pid); error != 0) {
    return CannotStart(program, error);
  }
  output.Close();
  return WaitFor(pid, printed, limit, stop);
}

}  // namespace hakem::exporter
