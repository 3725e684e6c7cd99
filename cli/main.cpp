#include <pthread.h>

#include <csignal>
#include <exception>

#include "cli/line/command_line.h"
#include "cli/output/output.h"
#include "cli/output/report.h"
#include "exporter/app/memory_trimmer.h"
#include "model/deep_thread.h"

namespace {

/// Runs the command line on a thread with a stack of known size: that of the first thread depends
/// on `ulimit -s`. Only the new thread and those that it starts get signals.
int RunCommandLineDeep(int argc, char** argv) {
  sigset_t all{};
  sigset_t before{};
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  int status = 0;
  hakem::RunDeep([&] {
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    status = hakem::cli::RunCommandLine(argc, argv);
  });
  return status;
}

}  // namespace

int main(int argc, char** argv) {
  hakem::cli::OccupyStandardFiles();
  hakem::exporter::TuneAllocator();
  try {
    hakem::MakeStacksDeep();
    return RunCommandLineDeep(argc, argv);
  } catch (const std::exception& error) {  // No memory or no thread to begin with.
    return hakem::cli::Report({hakem::ErrorCode::kUnavailable, error.what()});
  }
}
