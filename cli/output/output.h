#pragma once

#include <string_view>

namespace hakem::exporter {

/// Writes to standard output, byte by byte: for what programs read in a form that has no escapes.
void PrintExactly(std::string_view text);

/// Writes to standard output as Printable says: for people, and for JSON, which stays the same.
void Print(std::string_view text);

/// Writes to standard error as Printable says.
void PrintError(std::string_view text);

/// Whether standard output is a terminal.
bool IsOutputTerminal();

/// Opens /dev/null in the place of each of the three standard files that is closed, so that no file
/// or connection of ours gets its number. A write to it fails. To be called first.
void OccupyStandardFiles();

/// Writes what is still buffered. The status of a command that ended with `status`; kUsage, after a
/// line on standard error, when what it printed did not get to where it should.
int FinishOutput(int status);

}  // namespace hakem::exporter
