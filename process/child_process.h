#pragma once

#include <sys/types.h>

#include <csignal>
#include <cstddef>
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
  enum class Kind { kInherit, kFile, kPipe, kStandardOutput };

  static Output Inherit() { return {}; }

  /// Appended to a file, which is made when it does not exist.
  static Output ToFile(std::string path) { return {Kind::kFile, std::move(path)}; }

  /// Read by ChildProcess::ReadLine or ReadOutput.
  static Output ToPipe() { return {Kind::kPipe, {}}; }

  /// For standard_error: where the standard output goes.
  static Output ToStandardOutput() { return {Kind::kStandardOutput, {}}; }

  Kind kind = Kind::kInherit;
  std::string path = {};
};

struct ChildOptions {
  std::vector<std::string> argv;  ///< argv[0]: a path (the child's), or a name looked up in PATH.
  std::map<std::string, std::string> environment = {};  ///< Added to ours, if it is inherited.
  bool inherits_environment = true;
  std::optional<std::string> standard_input = {};  ///< All of it; nothing: it reads ours.
  Output standard_output = {};
  Output standard_error = {};  ///< Not kPipe.
  std::string root = {};       ///< What the child sees as `/`; empty: as we do. Needs root.
  std::optional<UnixUser> user = {};
  std::string folder = {};     ///< To work in, as the child sees it; empty: ours.
  int death_signal = SIGKILL;  ///< What the child gets when we die, however that happens; 0: none.
};

/// A program that we started, in its own process group, so that a Ctrl-C reaches only us. It has
/// the limit on open files that we had before RaiseDescriptorLimit. The kernel sends it
/// `death_signal` as soon as the *thread* that started it ends, so that it does not outlive us. The
/// destructor kills the rest of the group. Used by one thread at a time.
class ChildProcess {
 public:
  /// Starts it. Errors: kNotFound when there is no such program; kRefused when it cannot be
  /// executed or a file not be opened; kUnavailable when the system has no process, memory or file
  /// descriptor left.
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

  /// Waits at most `limit` for output or for the child's end, then appends what has been printed to
  /// `text`, until that has `most_bytes`; the rest is read and dropped. Returns whether anything
  /// was read. Requires: as ReadLine, and not mixed with it.
  bool ReadOutput(Duration limit, std::string& text, std::size_t most_bytes);

  /// Makes the destructor leave alone what is left of the group. Requires: the child has ended.
  void KeepDescendants();

 private:
  ChildProcess(pid_t pid, int pidfd, int output) : pid_(pid), pidfd_(pidfd), output_(output) {}

  void Kill();

  pid_t pid_ = -1;
  int pidfd_ = -1;
  int output_ = -1;  ///< The reading end of its standard output, or -1.
  bool output_ended_ = false;
  bool kills_group_ = true;
  std::string unread_;
  std::optional<int> status_;
};

/// The path of a program: `name` itself when it has a slash, else the first executable of that name
/// in `path`, a list as $PATH. Nothing when there is none.
std::optional<std::string> FindProgram(const std::string& name, std::string_view path);

/// Our own $PATH, or the system's usual one.
std::string SearchPath();

}  // namespace hakem::process
