#include "process/child_process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <grp.h>
#include <linux/close_range.h>
#include <poll.h>
#include <pwd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "model/check.h"
#include "process/descriptor_limit.h"

extern char** environ;  // NOLINT(cppcoreguidelines-avoid-non-const-global-variables): POSIX'.

namespace hakem::process {
namespace {

std::string Cause(int error) {
  return std::strerror(error);
}

/// Owns a file descriptor.
class Descriptor {
 public:
  explicit Descriptor(int fd = -1) : fd_(fd) {}

  Descriptor(Descriptor&& other) noexcept : fd_(other.Release()) {}

  Descriptor& operator=(Descriptor&& other) noexcept {
    Reset(other.Release());
    return *this;
  }

  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  ~Descriptor() { Reset(-1); }

  int get() const { return fd_; }

  int Release() { return std::exchange(fd_, -1); }

  void Reset(int fd) {
    if (fd_ >= 0) {
      close(fd_);
    }
    fd_ = fd;
  }

 private:
  int fd_;
};

struct Pipe {
  Descriptor reader;
  Descriptor writer;
};

/// Makes a pipe. Errors: kUnavailable: there is no free file descriptor.
Result<Pipe> MakePipe() {
  std::array<int, 2> ends{-1, -1};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) {
    return Fail(ErrorCode::kUnavailable, fmt::format("cannot make a pipe: {}", Cause(errno)));
  }
  return Pipe{Descriptor(ends[0]), Descriptor(ends[1])};
}

/// The message of a child that failed before it could run the program.
struct Failure {
  int step;
  int error;
};

constexpr std::array<std::string_view, 5> kSteps = {"change the root for", "drop privileges for",
                                                    "change the folder for",
                                                    "set the death signal of", "execute"};

enum Step { kChangeRoot, kDropPrivileges, kChangeFolder, kTie, kExecute };

/// The child's standard streams. It keeps ours where the descriptor is invalid.
struct Streams {
  Descriptor input;
  Descriptor output;
  Descriptor error;
  Descriptor reader;  ///< Our end of its standard output, if that is a pipe.
};

/// Everything that the child needs, prepared before the fork. After the fork of a process with
/// threads only async-signal-safe calls are allowed.
struct Launch {
  std::string program;
  std::vector<char*> argv;
  std::vector<char*> environment;
  std::optional<rlim_t> descriptor_limit;
  const Streams& streams;
  pid_t parent;
};

std::vector<char*> Pointers(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (std::string& text : texts) {
    pointers.push_back(text.data());
  }
  pointers.push_back(nullptr);
  return pointers;
}

std::vector<std::string> MergedEnvironment(const ChildOptions& options) {
  const auto& added = options.environment;
  std::vector<std::string> merged;
  for (char** entry = environ; options.inherits_environment && *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    if (!added.contains(std::string(text.substr(0, text.find('='))))) {
      merged.emplace_back(text);
    }
  }
  for (const auto& [name, value] : added) {
    merged.push_back(fmt::format("{}={}", name, value));
  }
  return merged;
}

void ResetSignals() {
  sigset_t none{};
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  for (const int signal : {SIGINT, SIGTERM, SIGQUIT, SIGHUP, SIGPIPE, SIGCHLD}) {
    std::signal(signal, SIG_DFL);
  }
}

bool DropTo(const UnixUser& user) {
  return setgroups(0, nullptr) == 0 && setgid(user.gid) == 0 && setuid(user.uid) == 0;
}

void SetSoftDescriptorLimit(rlim_t soft) {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
    limit.rlim_cur = std::min(soft, limit.rlim_max);
    setrlimit(RLIMIT_NOFILE, &limit);
  }
}

void RedirectStreams(const ChildOptions& options, const Streams& streams) {
  if (streams.input.get() >= 0) {
    dup2(streams.input.get(), STDIN_FILENO);
  }
  if (streams.output.get() >= 0) {
    dup2(streams.output.get(), STDOUT_FILENO);
  }
  if (options.standard_error.kind == Output::Kind::kStandardOutput) {
    dup2(STDOUT_FILENO, STDERR_FILENO);
  } else if (streams.error.get() >= 0) {
    dup2(streams.error.get(), STDERR_FILENO);
  }
  syscall(SYS_close_range, 3U, ~0U, CLOSE_RANGE_CLOEXEC);
}

/// Runs in the child. Returns the step that failed; does not return if all succeed.
Step Become(const ChildOptions& options, const Launch& launch) {
  setpgid(0, 0);
  ResetSignals();
  RedirectStreams(options, launch.streams);
  if (launch.descriptor_limit) {
    SetSoftDescriptorLimit(*launch.descriptor_limit);
  }
  if (!options.root.empty() && (chroot(options.root.c_str()) != 0 || chdir("/") != 0)) {
    return kChangeRoot;
  }
  if (options.user && !DropTo(*options.user)) {
    return kDropPrivileges;
  }
  if (!options.folder.empty() && chdir(options.folder.c_str()) != 0) {
    return kChangeFolder;
  }
  // After setuid, which would reset it.
  if (prctl(PR_SET_PDEATHSIG, options.death_signal) != 0) {
    return kTie;
  }
  if (getppid() != launch.parent) {
    _exit(1);  // The parent has already died, so the signal will never come.
  }
  execve(launch.program.c_str(), launch.argv.data(), launch.environment.data());
  return kExecute;
}

/// A file in memory with the text, to be read from its beginning: unlike a pipe, it never blocks
/// the writer. An invalid descriptor without a text. Errors: kUnavailable.
Result<Descriptor> MakeInput(const std::optional<std::string>& text) {
  if (!text) {
    return Descriptor();
  }
  Descriptor file(memfd_create("stdin", MFD_CLOEXEC));
  std::string_view left = *text;
  while (file.get() >= 0 && !left.empty()) {
    const ssize_t written = write(file.get(), left.data(), left.size());
    if (written < 0 && errno == EINTR) {
      continue;
    }
    if (written <= 0) {
      break;
    }
    left.remove_prefix(static_cast<std::size_t>(written));
  }
  if (file.get() < 0 || !left.empty() || lseek(file.get(), 0, SEEK_SET) != 0) {
    return Fail(ErrorCode::kUnavailable,
                fmt::format("cannot keep the standard input of a program: {}", Cause(errno)));
  }
  return file;
}

Result<Descriptor> OpenOutput(const Output& output) {
  if (output.kind != Output::Kind::kFile) {
    return Descriptor();
  }
  Descriptor file(open(output.path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644));
  if (file.get() < 0) {
    return Fail(ErrorCode::kRefused,
                fmt::format("cannot write to {}: {}", output.path, Cause(errno)));
  }
  return file;
}

/// Opens or makes the standard streams of a child. Errors: as ChildProcess::Start.
Result<Streams> OpenStreams(const ChildOptions& options) {
  auto input = MakeInput(options.standard_input);
  auto output = OpenOutput(options.standard_output);
  auto error = OpenOutput(options.standard_error);
  for (const auto* file : {&input, &output, &error}) {
    if (!*file) {
      return Fail(file->error());
    }
  }
  Streams streams{.input = *std::move(input),
                  .output = *std::move(output),
                  .error = *std::move(error),
                  .reader = Descriptor()};
  if (options.standard_output.kind == Output::Kind::kPipe) {
    auto pipe = MakePipe();
    if (!pipe) {
      return Fail(pipe.error());
    }
    streams.output = std::move(pipe->writer);
    streams.reader = std::move(pipe->reader);
  }
  return streams;
}

/// Runs in the child: becomes the program, or writes to `failures` why it cannot.
[[noreturn]] void RunInChild(const ChildOptions& options, const Launch& launch,
                             const Descriptor& failures) {
  const Failure failure{.step = Become(options, launch), .error = errno};
  [[maybe_unused]] const ssize_t written = write(failures.get(), &failure, sizeof(failure));
  _exit(127);
}

int StatusOf(int raw) {
  return WIFSIGNALED(raw) ? 128 + WTERMSIG(raw) : WEXITSTATUS(raw);
}

/// Reads the child's message about its failure; returns nothing once it runs the program.
std::optional<Failure> ReadFailure(int fd) {
  Failure failure{};
  ssize_t got = 0;
  do {
    got = read(fd, &failure, sizeof(failure));
  } while (got < 0 && errno == EINTR);
  return got == static_cast<ssize_t>(sizeof(failure)) ? std::optional(failure) : std::nullopt;
}

Error ToError(const Failure& failure, std::string_view program) {
  const bool is_short_of_memory = failure.error == ENOMEM || failure.error == EAGAIN;
  return {is_short_of_memory ? ErrorCode::kUnavailable : ErrorCode::kRefused,
          fmt::format("cannot {} {}: {}", kSteps.at(static_cast<std::size_t>(failure.step)),
                      program, Cause(failure.error))};
}

/// Returns the path of the program as the child sees it. Errors: kNotFound.
Result<std::string> ProgramBelowRoot(const ChildOptions& options) {
  const auto found = FindProgram(options.root + options.argv[0], SearchPath());
  if (!found) {
    return Fail(ErrorCode::kNotFound,
                fmt::format("there is no program {}{}", options.root, options.argv[0]));
  }
  return found->substr(options.root.size());
}

}  // namespace

std::optional<UnixUser> FindUser(const std::string& name) {
  const passwd* entry = getpwnam(name.c_str());
  return entry != nullptr ? std::optional(UnixUser{name, entry->pw_uid, entry->pw_gid})
                          : std::nullopt;
}

std::string SearchPath() {
  const char* path = std::getenv("PATH");
  return path != nullptr ? path : "/usr/local/bin:/usr/bin:/bin";
}

std::optional<std::string> FindProgram(const std::string& name, std::string_view path) {
  if (name.find('/') != std::string::npos) {
    return access(name.c_str(), X_OK) == 0 ? std::optional(name) : std::nullopt;
  }
  while (!path.empty()) {
    const std::string_view folder = path.substr(0, path.find(':'));
    path.remove_prefix(std::min(path.size(), folder.size() + 1));
    if (std::string candidate = fmt::format("{}/{}", folder, name);
        !folder.empty() && access(candidate.c_str(), X_OK) == 0) {
      return candidate;
    }
  }
  return std::nullopt;
}

Result<ChildProcess> ChildProcess::Start(const ChildOptions& options) {
  HAKEM_CHECK(!options.argv.empty());
  HAKEM_CHECK(options.standard_error.kind != Output::Kind::kPipe);
  const Result<std::string> program = ProgramBelowRoot(options);
  if (!program) {
    return Fail(program.error());
  }
  Result<Streams> streams = OpenStreams(options);
  if (!streams) {
    return Fail(streams.error());
  }
  std::vector<std::string> arguments = options.argv;
  std::vector<std::string> environment = MergedEnvironment(options);
  const Launch launch{.program = *program,
                      .argv = Pointers(arguments),
                      .environment = Pointers(environment),
                      .descriptor_limit = OriginalDescriptorLimit(),
                      .streams = *streams,
                      .parent = getpid()};
  Result<Pipe> failures = MakePipe();
  if (!failures) {
    return Fail(failures.error());
  }
  const pid_t pid = fork();
  if (pid < 0) {
    return Fail(ErrorCode::kUnavailable,
                fmt::format("cannot start {}: {}", *program, Cause(errno)));
  }
  if (pid == 0) {
    RunInChild(options, launch, failures->writer);
  }
  failures->writer.Reset(-1);
  return Adopt(pid, streams->reader.Release(), failures->reader.get(), *program);
}

Result<ChildProcess> ChildProcess::Adopt(pid_t pid, int output, int failures,
                                         const std::string& program) {
  const int pidfd = static_cast<int>(syscall(SYS_pidfd_open, pid, 0));
  const int pidfd_error = errno;
  ChildProcess child(pid, pidfd, output);
  if (const auto failure = ReadFailure(failures)) {
    child.Wait();
    return Fail(ToError(*failure, program));
  }
  if (pidfd < 0) {  // Its end could not be waited for; the destructor of `child` kills it.
    return Fail(ErrorCode::kUnavailable,
                fmt::format("cannot watch {}: {}", program, Cause(pidfd_error)));
  }
  return child;
}

ChildProcess::ChildProcess(ChildProcess&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      pidfd_(std::exchange(other.pidfd_, -1)),
      output_(std::exchange(other.output_, -1)),
      output_ended_(other.output_ended_),
      kills_group_(other.kills_group_),
      unread_(std::move(other.unread_)),
      status_(other.status_) {}

ChildProcess& ChildProcess::operator=(ChildProcess&& other) noexcept {
  std::swap(pid_, other.pid_);
  std::swap(pidfd_, other.pidfd_);
  std::swap(output_, other.output_);
  std::swap(output_ended_, other.output_ended_);
  std::swap(kills_group_, other.kills_group_);
  std::swap(unread_, other.unread_);
  std::swap(status_, other.status_);
  return *this;
}

ChildProcess::~ChildProcess() {
  if (pid_ > 0 && kills_group_) {
    Kill();
  }
  if (pidfd_ >= 0) {
    close(pidfd_);
  }
  if (output_ >= 0) {
    close(output_);
  }
}

std::optional<int> ChildProcess::WaitFor(Duration limit) {
  if (status_) {
    return status_;
  }
  pollfd ended{.fd = pidfd_, .events = POLLIN, .revents = 0};
  poll(&ended, 1, static_cast<int>(limit.count()));
  int raw = 0;
  if (waitpid(pid_, &raw, WNOHANG) == pid_) {
    status_ = StatusOf(raw);
  }
  return status_;
}

int ChildProcess::Wait() {
  int raw = 0;
  while (!status_) {
    if (waitpid(pid_, &raw, 0) == pid_) {
      status_ = StatusOf(raw);
    }
  }
  return *status_;
}

void ChildProcess::Signal(int signal) {
  if (!WaitFor(Duration(0))) {
    kill(pid_, signal);
  }
}

void ChildProcess::Kill() {
  kill(-pid_, SIGKILL);
  Wait();
}

int ChildProcess::Terminate(Duration grace) {
  Signal(SIGTERM);
  WaitFor(grace);
  Kill();
  return *status_;
}

bool ChildProcess::ReadOutput(Duration limit, std::string& text, std::size_t most_bytes) {
  HAKEM_CHECK(output_ >= 0);
  std::array<pollfd, 2> events{
      pollfd{.fd = output_ended_ ? -1 : output_, .events = POLLIN, .revents = 0},
      pollfd{.fd = pidfd_, .events = POLLIN, .revents = 0}};
  if (poll(events.data(), events.size(), static_cast<int>(limit.count())) <= 0 ||
      events[0].revents == 0) {
    return false;
  }
  std::array<char, 4096> buffer{};
  const ssize_t got = read(output_, buffer.data(), buffer.size());
  if (got <= 0) {
    output_ended_ = got == 0 || errno != EINTR;
    return false;
  }
  const std::size_t space = most_bytes - std::min(most_bytes, text.size());
  text.append(buffer.data(), std::min(static_cast<std::size_t>(got), space));
  return true;
}

void ChildProcess::KeepDescendants() {
  HAKEM_CHECK(status_.has_value());
  kills_group_ = false;
}

std::optional<std::string> ChildProcess::ReadLine() {
  HAKEM_CHECK(output_ >= 0);
  std::array<char, 4096> buffer{};
  std::size_t end = unread_.find('\n');
  while (end == std::string::npos) {
    const ssize_t got = read(output_, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) {
      continue;
    }
    if (got <= 0) {
      return unread_.empty() ? std::nullopt : std::optional(std::exchange(unread_, {}));
    }
    unread_.append(buffer.data(), static_cast<std::size_t>(got));
    end = unread_.find('\n');
  }
  std::string line = unread_.substr(0, end);
  unread_.erase(0, end + 1);
  return line;
}

}  // namespace hakem::process
