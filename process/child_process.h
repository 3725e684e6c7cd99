#pragma once

#include <sys/types.h>

#include <csignal>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "model/result.h"
#include "model/time.h"

namespace hakem::process {

/// An account of the machine, for a child that must not run as root.
struct UnixUser {
  std::string name;
  uid_t uid = 0;
  gid_t gid = 0;
};

/// The account of this name; nothing when there is none.
std::optional<UnixUser> FindUser(const std::string& name);

/// Where a child's output goes.
struct Output {
  enum class Kind { kInherit, kFile, kPipe };

  static Output Inherit() { return {}; }

  /// Appended to a file, which is made when it does not exist.
  static Output ToFile(std::string path) { return {Kind::kFile, std::move(path)}; }

  /// Read by ChildProcess::ReadLine.
  static Output ToPipe() { return {Kind::kPipe, {}}; }

  Kind kind = Kind::kInherit;
  std::string path = {};
};

struct ChildOptions {
  std::vector<std::string> argv;  ///< argv[0]: a path (the child's), or a name looked up in PATH.
  std::map<std::string, std::string> environment = {};  ///< Added to ours.
  Output standard_output = {};
  Output standard_error = {};  ///< Not kPipe.
  std::string root = {};       ///< What the child sees as `/`; empty: as we do. Needs root.
  std::optional<UnixUser> user = {};
  std::string folder = {};     ///< To work in, as the child sees it; empty: ours.
  int death_signal = SIGKILL;  ///< What the child gets when we die, however that happens.
};

/// A program that we started, in a process group of its own, so that a Ctrl-C reaches us alone. It
/// never outlives us; the kernel sees to that, as soon as the *thread* that started it ends. The
/// destructor kills what is left of the group. Used by one thread at a time.
class ChildProcess {
 public:
  /// Starts it. Errors: kNotFound when there is no such program; kRefused when it cannot be
  /// executed or a file not be opened; kUnavailable when this process has no file descriptor left.
  static Result<ChildProcess> Start(const ChildOptions& options);

  ChildProcess(ChildProcess&& other) noexcept;
  ChildProcess& operator=(ChildProcess&& other) noexcept;
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;
  ~ChildProcess();

  pid_t pid() const { return pid_; }

  /// Its exit status, or 128 + the signal that ended it. Nothing when it still runs after `limit`.
  std::optional<int> WaitFor(Duration limit);

  /// Waits for its end, however long.
  int Wait();

  /// Sends a signal to the process alone; nothing happens when it has ended.
  void Signal(int signal);

  /// Asks it to end (SIGTERM), kills its group after `grace`. Returns the status as WaitFor does.
  int Terminate(Duration grace);

  /// The next line of its standard output, without the newline; nothing at the end.
  /// Requires: standard_output was Output::ToPipe().
  std::optional<std::string> ReadLine();

 private:
  ChildProcess(pid_t pid, int pidfd, int output) : pid_(pid), pidfd_(pidfd), output_(output) {}

  void Kill();

  pid_t pid_ = -1;
  int pidfd_ = -1;
  int output_ = -1;  ///< The reading end of its standard output, or -1.
  std::string unread_;
  std::optional<int> status_;
};

/// The path of a program: `name` itself when it has a slash, else the first executable of that name
/// in `path`, a list as $PATH. Nothing when there is none.
std::optional<std::string> FindProgram(const std::string& name, std::string_view path);

/// Our own $PATH, or the system's usual one.
std::string SearchPath();

}  // namespace hakem::process
