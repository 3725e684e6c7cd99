#include <pthread.h>

#include <csignal>
#include <exception>
#include <span>
#include <string>
#include <vector>

#include "cli/line/command_line.h"
#include "cli/line/secret_arguments.h"
#include "cli/output/output.h"
#include "cli/output/report.h"
#include "exporter/app/memory_trimmer.h"
#include "model/deep_thread.h"

namespace {

/// Runs a copy of the command line, after the secrets in the original are hidden.
int RunCommandLine(std::span<char* const> original) {
  const std::vector<std::string> copies(original.begin(), original.end());
  hakem::cli::HideSecretArguments(original);
  std::vector<const char*> arguments;
  for (const std::string& copy : copies) {
    arguments.push_back(copy.c_str());
  }
  arguments.push_back(nullptr);
  return hakem::cli::RunCommandLine(static_cast<int>(copies.size()), arguments.data());
}

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
    status = RunCommandLine({argv, argv + argc});
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
