#pragma once

#include <span>
#include <string>
#include <vector>

#include "model/time.h"
#include "ruletools/unit_test/run_test.h"

namespace hakem::ruletools {

/// What the tests of one file have shown.
struct FileOutcome {
  std::string path;
  std::string error = {};  ///< Why no test could run; else "".
  std::vector<TestOutcome> tests = {};

  bool passed() const;
};

struct TestReportOptions {
  bool diff = false;   ///< Shows differences instead of both lists.
  bool debug = false;  ///< Lists every test with what it did.
};

/// Formats the outcome of a file for people: a line for the file, and the failures below it. Ends
/// with a newline.
std::string FormatTestReport(const FileOutcome& outcome, const TestReportOptions& options = {});

/// Formats the outcomes as JUnit's XML, for build servers, as promtool does: a suite for each file,
/// a case for each test. `now`: the time of the run.
std::string FormatJunit(std::span<const FileOutcome> outcomes, Timestamp now);

}  // namespace hakem::ruletools
