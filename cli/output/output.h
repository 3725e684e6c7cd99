#pragma once

#include <string_view>

namespace hakem::cli {

/// Writes the bytes to standard output unchanged, for programs.
void PrintExactly(std::string_view text);

/// Writes Printable(text) to standard output, for people. JSON keeps its meaning.
void Print(std::string_view text);

/// Writes Printable(text) to standard error, without known secrets.
void PrintError(std::string_view text);

/// Whether standard output is a terminal.
bool IsOutputTerminal();

/// Opens /dev/null in place of each standard file that is closed, so that no other file or
/// connection gets its number. Writing to it fails. Call this first.
void OccupyStandardFiles();

/// Flushes standard output. Returns `status`, or kUsage after a line on standard error if anything
/// that was printed could not be written.
int FinishOutput(int status);

}  // namespace hakem::cli
