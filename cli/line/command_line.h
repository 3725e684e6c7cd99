#pragma once

namespace hakem::exporter {

/// Reads the command line, runs its command and returns the exit status (see commands.h).
int RunCommandLine(int argc, const char* const* argv);

}  // namespace hakem::exporter
