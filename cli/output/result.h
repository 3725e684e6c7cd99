#pragma once

#include <string>
#include <string_view>

#include "model/result.h"

namespace hakem::cli {

/// Where a command writes its result and in which form.
struct OutputOptions {
  std::string format;  ///< One of the command's words, such as `json`.
  std::string file;    ///< Replaced as a whole. Empty: standard output.
};

/// Whether the result could be written. A command asks before it does its work.
/// Errors: kInvalidInput, with the path and the system's reason.
Result<void> CheckOutput(const OutputOptions& output);

/// Writes a result for people, or JSON, as Print does. Adds the last newline if it is missing.
/// Errors: as CheckOutput, for a file only: FinishOutput reports those of standard output.
Result<void> WriteResult(const OutputOptions& output, std::string_view text);

/// Writes a result for programs. Its bytes are unchanged unless standard output is a terminal.
/// Errors: as WriteResult.
Result<void> WriteExactResult(const OutputOptions& output, std::string_view text);

}  // namespace hakem::cli
