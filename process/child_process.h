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

/// A user account of the system, for a child that must not run as root.
struct UnixUser {
  std::string name;
  uid_t uid = 0;
  gid_t gid = 0;
};

/// Returns the account of this name, or nothing.
std::optional<UnixUser> FindUser(const std::string& name);

/// The destination of a child's output.
struct Output {
  enum class Kind { kInherit, kFile, kPipe, kStandardOutput };

  static Output Inherit() { return {}; }

  /// Appends to a file; creates it when it does not exist.
  static Output ToFile(std::string path) { return {Kind::kFile, std::move(path)}; }

  /// Read by ChildProcess::ReadLine or ReadOutput.
  static Output ToPipe() { return {Kind::kPipe, {}}; }

  /// For standard_error: where the standard output goes.
  static Output ToStandardOutput() { return {Kind::kStandardOutput, {}}; }

  Kind kind = Kind::kInherit;
  std::string path = {};
};

struct ChildOptions {
  std::vector<std::string> argv;  ///< argv[0]: a path as the child sees it, or a name in PATH.
  std::map<std::string, std::string> environment = {};  ///< Added to ours, if it is inherited.
  bool inherits_environment = true;
  std::optional<std::string> standard_input = {};  ///< All of it; nothing: it reads ours.
  Output standard_output = {};
  Output standard_error = {};  ///< Not Output::ToPipe().
  std::string root = {};       ///< Root folder of the child (chroot); empty: unchanged. Needs root.
  std::optional<UnixUser> user = {};
  std::string folder = {};     ///< Working folder below `root`; empty: unchanged.
  int death_signal = SIGKILL;  ///< Sent to the child when this process dies; 0: none.
};

/// A child process in a process group of its own, so that Ctrl-C reaches only its parent. It has
/// the limit on open files that this process had before RaiseDescriptorLimit. The kernel sends
/// `death_signal` as soon as the *thread* that started it ends, so that it does not outlive the
/// parent. The destructor kills the rest of the group. Used by one thread at a time.
class ChildProcess {
 public:
  /// Starts a program. Errors: kNotFound: there is no such program. kRefused: it cannot be
  /// executed, or a file cannot be opened. kUnavailable: the system has no process, memory or file
  /// descriptor left.
  static Result<ChildProcess> Start(const ChildOptions& options);

  ChildProcess(ChildProcess&& other) noexcept;
  ChildProcess& operator=(ChildProcess&& other) noexcept;
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;
  ~ChildProcess();

  pid_t pid() const { return pid_; }

  /// Returns the exit status, or 128 + the signal that ended the child, or nothing when it still
  /// runs after `limit`.
  std::optional<int> WaitFor(Duration limit);

  /// Waits for its end without a limit. Returns the status as WaitFor does.
  int Wait();

  /// Sends a signal to the child alone, unless it has ended.
  void Signal(int signal);

  /// Sends SIGTERM, and kills the group after `grace`. Returns the status as WaitFor does.
  int Terminate(Duration grace);

  /// Returns the next line of its standard output without the newline; nothing at the end. Blocks.
  /// Requires: standard_output was Output::ToPipe().
  std::optional<std::string> ReadLine();

  /// Waits at most `limit` for output or for the child's end, then appends what has been printed to
  /// `text`, until that has `most_bytes`; the rest is read and dropped. Returns whether anything
  /// was read. Requires: as ReadLine, and not mixed with it.
  bool ReadOutput(Duration limit, std::string& text, std::size_t most_bytes);

  /// Makes the destructor leave alone what is left of the group. Requires: the child has ended.
  void KeepDescendants();

 private:
  /// Makes the object of a child that was just forked, once it runs the program. `failures` is the
  /// pipe through which it writes why it cannot. Errors: as Start.
  static Result<ChildProcess> Adopt(pid_t pid, int output, int failures,
                                    const std::string& program);

  ChildProcess(pid_t pid, int pidfd, int output) : pid_(pid), pidfd_(pidfd), output_(output) {}

  void Kill();

  pid_t pid_ = -1;
  int pidfd_ = -1;
  int output_ = -1;  ///< The read end of its standard output, or -1.
  bool output_ended_ = false;
  bool kills_group_ = true;
  std::string unread_;
  std::optional<int> status_;
};

/// Returns the path of a program: `name` itself when it contains a slash, else the first executable
/// of that name in `path`, a list like $PATH. Returns nothing when there is none.
std::optional<std::string> FindProgram(const std::string& name, std::string_view path);

/// Returns this process' $PATH, or the usual one when it is not set.
std::string SearchPath();

}  // namespace hakem::process
