#include "cli/output/output.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <iostream>
#include <string>

#include "cli/output/report.h"
#include "format/printable.h"
#include "model/known_secrets.h"

namespace hakem::cli {
namespace {

/// The errno of the first write that failed; 0: none failed. Only the command's thread prints.
int first_error = 0;  // NOLINT(cppcoreguidelines-avoid-non-const-global-variables)

void NoteFailure(bool failed) {
  if (failed && first_error == 0) {
    first_error = errno != 0 ? errno : EIO;
  }
}

}  // namespace

void PrintExactly(std::string_view text) {
  errno = 0;
  NoteFailure(std::fwrite(text.data(), 1, text.size(), stdout) != text.size());
}

void Print(std::string_view text) {
  PrintExactly(Printable(text));
}

void PrintError(std::string_view text) {
  const std::string printable = Printable(WithoutKnownSecrets(std::string(text)));
  std::fwrite(printable.data(), 1, printable.size(), stderr);
}

bool IsOutputTerminal() {
  return isatty(STDOUT_FILENO) == 1;
}

void OccupyStandardFiles() {
  // open() returns the lowest free number.
  while (true) {
    const int file = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (file > STDERR_FILENO) {
      close(file);
    }
    if (file < 0 || file > STDERR_FILENO) {
      return;
    }
  }
}

int FinishOutput(int status) {
  errno = 0;
  std::cout.flush();  // It shares stdout's buffer but has an error state of its own.
  NoteFailure(!std::cout);
  errno = 0;
  NoteFailure(std::fflush(stdout) != 0 || std::ferror(stdout) != 0);
  if (first_error == 0) {
    return status;
  }
  return Report({ErrorCode::kInvalidInput,
                 fmt::format("cannot write to standard output: {}", std::strerror(first_error))});
}

}  // namespace hakem::cli
