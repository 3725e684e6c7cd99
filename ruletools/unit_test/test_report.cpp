#include "ruletools/unit_test/test_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "format/counted.h"
#include "format/html.h"
#include "format/printable.h"

namespace hakem::ruletools {
namespace {

/// Appends the text with `indent` before its first line and `further` before all others.
void AppendLines(std::string& report, std::string_view text, std::string_view indent,
                 std::string_view further) {
  for (bool is_first = true; !text.empty() || is_first; is_first = false) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    report += fmt::format("{}{}\n", is_first ? indent : further, text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

void AppendList(std::string& report, std::string_view title,
                const std::vector<std::string>& items) {
  report += fmt::format("      {}:{}\n", title, items.empty() ? " nothing" : "");
  for (const std::string& item : items) {
    AppendLines(report, item, "        ", "        ");
  }
}

/// Both lists are sorted, so that equal items are found by walking along both.
void AppendDiff(std::string& report, const TestFailure& failure) {
  std::vector<std::string> expected = failure.expected;
  std::vector<std::string> got = failure.got;
  std::sort(expected.begin(), expected.end());
  std::sort(got.begin(), got.end());
  auto left = expected.begin();
  auto right = got.begin();
  while (left != expected.end() || right != got.end()) {
    if (left != expected.end() && right != got.end() && *left == *right) {
      AppendLines(report, *left, "        ", "        ");
      ++left;
      ++right;
    } else if (right == got.end() || (left != expected.end() && *left < *right)) {
      AppendLines(report, *left++, "      - ", "      - ");
    } else {
      AppendLines(report, *right++, "      + ", "      + ");
    }
  }
}

std::string FormatFailure(const TestOutcome& test, const TestFailure& failure, bool diff) {
  std::string report =
      fmt::format("    {}: test \"{}\": {}", failure.place, test.title, failure.subject);
  if (!failure.error.empty()) {
    return report + fmt::format(": {}\n", failure.error);
  }
  report += diff ? ": - expected, + got:\n" : ":\n";
  if (diff) {
    AppendDiff(report, failure);
  } else {
    AppendList(report, "expected", failure.expected);
    AppendList(report, "got", failure.got);
  }
  return report;
}

/// XML cannot have control characters, not even escaped.
std::string EscapeXml(std::string_view text) {
  return EscapeHtml(Printable(text));
}

std::size_t CountFailed(const FileOutcome& outcome) {
  return static_cast<std::size_t>(
      std::count_if(outcome.tests.begin(), outcome.tests.end(),
                    [](const TestOutcome& test) { return !test.failures.empty(); }));
}

std::string FormatCase(const TestOutcome& test) {
  std::string xml = fmt::format("    <testcase name=\"{}\"", EscapeXml(test.title));
  if (test.failures.empty()) {
    return xml + "></testcase>\n";
  }
  xml += ">\n";
  for (const TestFailure& failure : test.failures) {
    xml += fmt::format("      <failure>{}</failure>\n",
                       EscapeXml(FormatFailure(test, failure, false)));
  }
  return xml + "    </testcase>\n";
}

std::string FormatSuite(const FileOutcome& outcome, Timestamp now) {
  const bool aborted = !outcome.error.empty();
  std::string xml = fmt::format(
      "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"0\" "
      "timestamp=\"{}\">\n",
      EscapeXml(outcome.path), outcome.tests.size() + (aborted ? 1 : 0), CountFailed(outcome),
      aborted ? 1 : 0, FormatRfc3339(std::chrono::floor<std::chrono::seconds>(now)));
  if (aborted) {
    xml += fmt::format("    <testcase name=\"{}\"><error>{}</error></testcase>\n",
                       EscapeXml(outcome.path), EscapeXml(outcome.error));
  }
  for (const TestOutcome& test : outcome.tests) {
    xml += FormatCase(test);
  }
  return xml + "  </testsuite>\n";
}

}  // namespace

bool FileOutcome::passed() const {
  return error.empty() && CountFailed(*this) == 0;
}

std::string FormatTestReport(const FileOutcome& outcome, const TestReportOptions& options) {
  if (!outcome.error.empty()) {
    return fmt::format("{}: FAILED\n    {}\n", outcome.path, outcome.error);
  }
  std::size_t checks = 0;
  std::string details;
  for (const TestOutcome& test : outcome.tests) {
    checks += test.checks;
    if (options.debug) {
      details += fmt::format("    test \"{}\": {}, {}, {}\n", test.title,
                             Counted(test.evaluations, "evaluation"), Counted(test.checks, "check"),
                             Counted(test.failures.size(), "failure"));
    }
    for (const TestFailure& failure : test.failures) {
      details += FormatFailure(test, failure, options.diff);
    }
  }
  const std::size_t failed = CountFailed(outcome);
  const std::string summary =
      failed == 0 ? fmt::format("SUCCESS: {}, {}", Counted(outcome.tests.size(), "test"),
                                Counted(checks, "check"))
                  : fmt::format("FAILED: {} of {}", failed, Counted(outcome.tests.size(), "test"));
  return fmt::format("{}: {}\n{}", outcome.path, summary, details);
}

std::string FormatJunit(std::span<const FileOutcome> outcomes, Timestamp now) {
  std::string xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n";
  for (const FileOutcome& outcome : outcomes) {
    xml += FormatSuite(outcome, now);
  }
  return xml + "</testsuites>\n";
}

}  // namespace hakem::ruletools
