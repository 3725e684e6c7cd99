#pragma once

#include <sys/types.h>

#include <set>
#include <string>
#include <thread>

namespace hakem {

/// The command line of a process as the process list shows it, with blanks between the arguments;
/// "" if there is no such process.
std::string CommandLineOf(pid_t pid);

/// Watches, from its construction to Stop, what the process list shows of all processes that
/// descend from this one. Sees each process that lives for 20 ms or longer.
class ProcessListWatch {
 public:
  ProcessListWatch();

  /// Ends the watch. Returns all command lines and names of threads that were seen, one per line.
  std::string Stop();

 private:
  void Watch(const std::stop_token& stop);

  std::set<std::string> seen_;  ///< Used by the thread until that has ended.
  std::jthread thread_;
};

}  // namespace hakem
