#pragma once

#include <cstddef>
#include <stop_token>
#include <string>

#include "model/result.h"
#include "model/time.h"
#include "process/child_process.h"

namespace hakem::process {

/// How long a program may run, and how much of its output is kept.
struct RunLimits {
  Duration time;
  std::size_t output_bytes = 4096;
  /// Whether processes that it started may go on when it has ended; else they are killed.
  bool keep_descendants = false;
};

/// How a program ended.
struct ProgramRun {
  int status = 0;      ///< Its exit status, or 128 + the signal that ended it.
  std::string output;  ///< The beginning of what it printed.
};

/// Runs a program and waits for its end. Its standard output is read, whatever `options` say, so it
/// never blocks on a full pipe. After `limits.time`, or soon after `stop` is requested, the program
/// and its process group are killed.
/// Errors: as ChildProcess::Start; kTimeout; kUnavailable: `stop` was requested.
Result<ProgramRun> RunProgram(ChildOptions options, const RunLimits& limits,
                              const std::stop_token& stop = {});

}  // namespace hakem::process
