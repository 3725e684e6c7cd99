#include "process/run_program.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "model/clock.h"

namespace hakem::process {
namespace {

/// How often to check for a request to stop.
constexpr Duration kPollInterval = std::chrono::milliseconds(50);

}  // namespace

Result<ProgramRun> RunProgram(ChildOptions options, const RunLimits& limits,
                              const std::stop_token& stop) {
  options.standard_output = Output::ToPipe();
  const SteadyTime deadline = SystemClock().SteadyNow() + limits.time;
  Result<ChildProcess> child = ChildProcess::Start(options);
  if (!child) {
    return Fail(child.error());
  }
  ProgramRun run;
  std::optional<int> status;
  while (!(status = child->WaitFor(Duration(0)))) {
    const Duration left = std::chrono::ceil<Duration>(deadline - SystemClock().SteadyNow());
    if (left <= Duration(0)) {
      return Fail(ErrorCode::kTimeout, fmt::format("{} did not end within {} s", options.argv[0],
                                                   ToSeconds(limits.time)));
    }
    if (stop.stop_requested()) {
      return Fail(ErrorCode::kUnavailable, "stopped");
    }
    child->ReadOutput(std::min(left, kPollInterval), run.output, limits.output_bytes);
  }
  run.status = *status;
  // A process that it left behind may hold the pipe open, so this does not wait for its end.
  while (run.output.size() < limits.output_bytes &&
         child->ReadOutput(Duration(0), run.output, limits.output_bytes)) {
  }
  if (limits.keep_descendants) {
    child->KeepDescendants();
  }
  return run;
}

}  // namespace hakem::process
