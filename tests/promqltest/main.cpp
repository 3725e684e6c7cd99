// promqltest [--verbose] FILE…: runs scripts in Prometheus' PromQL test language on Hakem's engine.
// Exit status: 0 when nothing failed, 1 when something did, 2 when a file cannot be read.

#include <fmt/format.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "tests/promqltest/runner.h"

namespace {

using hakem::promqltest::Tally;

void Print(const std::string& name, const Tally& tally) {
  fmt::print("{} passed {} failed {} skipped {}\n", name, tally.passed, tally.failed,
             tally.skipped);
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::string> files(argv + 1, argv + argc);
  const bool verbose = std::erase(files, "--verbose") > 0;
  if (files.empty()) {
    fmt::print(stderr, "usage: promqltest [--verbose] FILE...\n");
    return 2;
  }
  Tally total;
  for (const std::string& file : files) {
    std::ifstream stream(file);
    const std::string script{std::istreambuf_iterator<char>(stream), {}};
    const auto report = [&](int line, std::string_view verdict, std::string_view why) {
      if (verbose || verdict == "failed") {
        fmt::print("{}:{}: {}: {}\n", file, line, verdict, why);
      }
    };
    const hakem::Result<Tally> tally = hakem::promqltest::RunScript(script, report);
    if (!stream || !tally) {
      fmt::print(stderr, "{}: {}\n", file, tally ? "cannot be read" : tally.error().message);
      return 2;
    }
    Print(std::filesystem::path(file).filename().string(), *tally);
    total += *tally;
  }
  Print("total", total);
  return total.failed == 0 ? 0 : 1;
}
