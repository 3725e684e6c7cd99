#include "cli/output/report.h"

#include <fmt/format.h>

#include <cstdio>

#include "cli/output/output.h"

namespace hakem::cli {

int Report(const Error& error) {
  PrintError(fmt::format("hakem: {}\n", error.message));
  switch (error.code) {
    case ErrorCode::kInvalidInput:
    case ErrorCode::kNotFound:
      return kUsage;
    case ErrorCode::kUnavailable:
    case ErrorCode::kTimeout:
    case ErrorCode::kRefused:
      return kUnreachable;
    case ErrorCode::kInternal:
      return kWrong;
  }
  return kWrong;
}

int ReportProblems(const exporter::OneCollection& collected) {
  for (const std::string& problem : collected.problems) {
    PrintError(fmt::format("hakem: {}\n", problem));
  }
  return collected.problems.empty() ? kFine : kWrong;
}

}  // namespace hakem::cli
