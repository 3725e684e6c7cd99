#include <pthread.h>

#include <csignal>
#include <exception>

#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/output/output.h"
#include "exporter/app/memory_trimmer.h"
#include "model/deep_thread.h"

namespace {

/// On a thread whose stack is known: the first one's depends on `ulimit -s`. Signals are the new
/// thread's affair and that of those it starts.
int RunCommandLineDeep(int argc, char** argv) {
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  int status = 0;
  hakem::RunDeep([&] {
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    status = hakem::exporter::RunCommandLine(argc, argv);
  });
  return status;
}

}  // namespace

int main(int argc, char** argv) {
  hakem::exporter::OccupyStandardFiles();
  hakem::exporter::TuneAllocator();
  try {
    hakem::MakeStacksDeep();
    return RunCommandLineDeep(argc, argv);
  } catch (const std::exception& error) {  // No memory or no thread to begin with.
    return hakem::exporter::Report({hakem::ErrorCode::kUnavailable, error.what()});
  }
}
