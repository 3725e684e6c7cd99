#pragma once

#include "exporter/scrape/one_collection.h"
#include "model/result.h"

namespace hakem::exporter {

/// The exit statuses of every command.
enum ExitCode : int {
  kFine = 0,
  kWrong = 1,        ///< What was checked is wrong: an alert fires.
  kUsage = 2,        ///< Bad usage or configuration, a busy port, an unwritable path.
  kUnreachable = 3,  ///< The database or the server cannot be reached.
};

/// Tells on standard error why a command ended, as one line. Returns the status for such an error.
int Report(const Error& error);

/// Tells on standard error what one collection lacks, a line each. Returns the status for it.
int ReportProblems(const OneCollection& collected);

}  // namespace hakem::exporter
