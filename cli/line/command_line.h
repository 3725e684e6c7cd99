#pragma once

#include <string>

namespace hakem::cli {

/// Reads the command line, runs its command and returns the exit status, an ExitCode.
int RunCommandLine(int argc, const char* const* argv);

/// `hakem` and its version.
std::string VersionLine();

}  // namespace hakem::cli
