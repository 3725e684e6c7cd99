#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cli/line/command.h"
#include "cli/line/options.h"
#include "cli/line/shared_options.h"
#include "cli/output/output.h"
#include "cli/output/report.h"
#include "cli/output/write_file.h"
#include "cli/rules/rule_files.h"
#include "model/clock.h"
#include "model/read_file.h"
#include "model/regex.h"
#include "ruletools/unit_test/run_test.h"
#include "ruletools/unit_test/test_file.h"
#include "ruletools/unit_test/test_report.h"

namespace hakem::cli {
namespace {

struct TestOptions {
  std::vector<std::string> files;
  std::optional<Regex> run;  ///< Matches the names of the tests to run; empty: all.
  ruletools::TestReportOptions report;
  std::string junit;
  ruletools::TestOptions tests;
};

/// Joins the expressions of `--run`, each of which may match any part of a name.
Result<void> ReadRun(const std::vector<std::string>& patterns, std::optional<Regex>& run) {
  return Regex::Compile(fmt::format(".*(?:{}).*", fmt::join(patterns, "|")))
      .transform([&run](Regex regex) { run = std::move(regex); });
}

void AddOptions(CLI::App& command, TestOptions& options) {
  AddArguments(command, "FILE", options.files, "files of tests, in promtool's format");
  AddList(command, "--run", "run only tests whose names match; may be given several times", "REGEX",
          [&options](const auto& patterns) { return ReadRun(patterns, options.run); });
  AddFlag(command, "--diff", options.report.diff, "show differences instead of both lists");
  AddFlag(command, "--debug", options.report.debug, "list every test with what it did");
  AddText(command, "--junit", options.junit, "also write the results as JUnit's XML", "FILE");
  AddFlag(command, "--ignore-unknown-fields", options.tests.ignores_unknown_keys,
          "skip keys that rule files and tests do not have");
  AddFeatures(command, "experimental PromQL features, as for hakem serve", options.tests.features);
}

ruletools::FileOutcome TestOneFile(const std::string& path, const TestOptions& options) {
  ruletools::FileOutcome outcome{.path = path};
  const Result<ruletools::TestFile> file = ReadFile(path).and_then([&](const std::string& text) {
    return ruletools::ParseTestFile(text, path, options.tests.ignores_unknown_keys);
  });
  if (!file) {
    outcome.error = file.error().message;
    return outcome;
  }
  const Result<FoundRuleFiles> rules = ReadRuleFiles(path, file->rule_files);
  if (!rules) {
    outcome.error = rules.error().message;
    return outcome;
  }
  for (const std::string& pattern : rules->unmatched) {
    PrintError(fmt::format("{}: no rule file matches {}\n", path, pattern));
  }
  for (const ruletools::RuleTest& test : file->tests) {
    if (!options.run || options.run->Matches(test.name)) {
      outcome.tests.push_back(ruletools::RunTest(*file, test, rules->files, options.tests));
    }
  }
  return outcome;
}

int Run(const TestOptions& options) {
  if (!options.junit.empty()) {
    if (const Result<void> writable = CheckWritable(options.junit); !writable) {
      return Report(writable.error());
    }
  }
  std::vector<ruletools::FileOutcome> outcomes;
  for (const std::string& path : options.files) {
    outcomes.push_back(TestOneFile(path, options));
    Print(ruletools::FormatTestReport(outcomes.back(), options.report));
  }
  if (!options.junit.empty()) {
    const std::string xml = ruletools::FormatJunit(outcomes, SystemClock().Now());
    if (const Result<void> written = WriteFile(options.junit, xml); !written) {
      return Report(written.error());
    }
  }
  const bool passed = std::all_of(outcomes.begin(), outcomes.end(),
                                  [](const auto& outcome) { return outcome.passed(); });
  return passed ? kFine : kWrong;
}

}  // namespace

extern const CommandSpec test_rules;
constinit const CommandSpec test_rules{
    .name = "test rules",
    .help = "Run unit tests of rules, as promtool test rules does",
    .group = CommandGroup::kPrepare,
    .bind = Bind<TestOptions, AddOptions, Run>};

}  // namespace hakem::cli
