#include "cli/output/result.h"

#include "cli/output/output.h"
#include "cli/output/write_file.h"
#include "format/printable.h"

namespace hakem::cli {

Result<void> CheckOutput(const OutputOptions& output) {
  return output.file.empty() ? Result<void>() : CheckWritable(output.file);
}

Result<void> WriteResult(const OutputOptions& output, std::string_view text) {
  std::string printable = Printable(text);
  printable += text.ends_with('\n') ? "" : "\n";
  if (!output.file.empty()) {
    return WriteFile(output.file, printable);
  }
  PrintExactly(printable);
  return {};
}

Result<void> WriteExactResult(const OutputOptions& output, std::string_view text) {
  if (!output.file.empty()) {
    return WriteFile(output.file, text);
  }
  if (IsOutputTerminal()) {
    Print(text);
  } else {
    PrintExactly(text);
  }
  return {};
}

}  // namespace hakem::cli
