#pragma once

#include "exporter/scrape/one_collection.h"
#include "model/result.h"

namespace hakem::cli {

/// The exit statuses of every command.
enum ExitCode : int {
  kFine = 0,
  kWrong = 1,        ///< A check failed, such as an alert that fires.
  kUsage = 2,        ///< Wrong usage or configuration, a busy port, an unwritable path.
  kUnreachable = 3,  ///< The database or the server cannot be reached.
};

/// Prints one line on standard error: why the command ends. Returns the exit status for the error.
int Report(const Error& error);

/// Prints the problems of a collection on standard error, a line each. Returns kWrong if there are
/// any.
int ReportProblems(const exporter::OneCollection& collected);

}  // namespace hakem::cli
