#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "promql/syntax/features.h"
#include "ruletools/files/rule_file_text.h"
#include "ruletools/unit_test/test_file.h"

namespace hakem::ruletools {

/// An expectation that does not hold, or what prevented it from being checked.
struct TestFailure {
  std::string place;    ///< Where the expectation or test is: `file:line:column`.
  std::string subject;  ///< What was checked: `alert Busy at 5m`.
  std::string error;    ///< Why nothing could be compared; else "".
  /// Alerts or samples, sorted, each with one or more lines.
  std::vector<std::string> expected = {};
  std::vector<std::string> got = {};
};

/// What a test has shown.
struct TestOutcome {
  std::string title;
  std::size_t checks = 0;       ///< How many expectations were compared.
  std::size_t evaluations = 0;  ///< How often each group of rules was evaluated.
  std::vector<TestFailure> failures = {};
};

struct TestOptions {
  promql::Features features = {};     ///< The experimental features that expressions may use.
  bool ignores_unknown_keys = false;  ///< Whether rule files may have keys that they do not have.
};

/// The most evaluations of a test: two years at one a minute.
inline constexpr std::size_t kMostTestEvaluations = 1'100'000;

/// Runs one test of a file: evaluates the rules at each interval over its input series, and
/// compares alerts and expressions with what is expected, as `promtool test rules` does. Rules that
/// fail end the test. Pure.
TestOutcome RunTest(const TestFile& file, const RuleTest& test,
                    std::span<const RuleFileText> rule_files, const TestOptions& options = {});

}  // namespace hakem::ruletools
