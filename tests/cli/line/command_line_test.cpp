#include "cli/line/command_line.h"

#include <gmock/gmock.h>

#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "cli/line/command.h"
#include "cli/output/report.h"
#include "tests/support/paths.h"

namespace hakem::cli {
namespace {

using testing::HasSubstr;
using testing::internal::CaptureStderr;
using testing::internal::CaptureStdout;
using testing::internal::GetCapturedStderr;
using testing::internal::GetCapturedStdout;

struct Outcome {
  int status = 0;
  std::string output;
  std::string errors;
};

Outcome RunHakem(std::vector<const char*> words) {
  words.insert(words.begin(), "hakem");
  CaptureStdout();
  CaptureStderr();
  const int status = RunCommandLine(static_cast<int>(words.size()), words.data());
  std::string output = GetCapturedStdout();
  return {status, std::move(output), GetCapturedStderr()};
}

std::string CommandsPage() {
  std::ifstream file(SourcePath("docs/commands.md"));
  return (std::ostringstream() << file.rdbuf()).str();
}

TEST(CommandLineTest, ListsEveryCommandWithItsHelp) {
  const Outcome help = RunHakem({"--help"});
  EXPECT_EQ(help.status, kFine);
  for (const CommandSpec* spec : kCommands) {
    if (spec->name.find(' ') == spec->name.npos) {
      EXPECT_THAT(help.output, testing::ContainsRegex("\n  " + std::string(spec->name) + " +" +
                                                      std::string(spec->help.substr(0, 8))));
    }
  }
}

TEST(CommandLineTest, FindsTheCommandOfACommand) {
  const Outcome help = RunHakem({"explain", "collectors", "--help"});
  EXPECT_EQ(help.status, kFine);
  EXPECT_THAT(help.output, HasSubstr("Usage: hakem explain collectors"));
  EXPECT_EQ(RunHakem({"explain"}).status, kUsage);
}

TEST(CommandLineTest, HasNoLineOfHelpBeyondAHundredColumns) {
  for (const std::vector<const char*>& words : {std::vector<const char*>{"--help"},
                                                {"serve", "--help"},
                                                {"setup", "--help"},
                                                {"query", "--help"},
                                                {"simulate", "--help"},
                                                {"explain", "collectors", "--help"},
                                                {"explain", "rule", "--help"},
                                                {"check", "rules", "--help"},
                                                {"test", "rules", "--help"},
                                                {"backtest", "--help"}}) {
    std::istringstream lines(RunHakem(words).output);
    for (std::string line; std::getline(lines, line);) {
      EXPECT_LE(line.size(), 100U) << line;
    }
  }
}

TEST(CommandLineTest, ShowsTheVariableThatReplacesAFlag) {
  const std::string help = RunHakem({"serve", "--help"}).output;
  EXPECT_THAT(help, HasSubstr("($PG_EXPORTER_EXCLUDE_DATABASES)\n"));
  EXPECT_THAT(help, testing::Not(HasSubstr("Env:")));
}

TEST(CommandLineTest, NamesTheNearestFlagOfANestedCommand) {
  const Outcome wrong = RunHakem({"explain", "collectors", "--formt", "json"});
  EXPECT_EQ(wrong.status, kUsage);
  EXPECT_THAT(wrong.errors, HasSubstr("did you mean \"--format\"?; see hakem explain collectors "
                                      "--help"));
}

TEST(CommandLineTest, NamesTheNearestNestedCommand) {
  EXPECT_THAT(RunHakem({"explain", "colectors"}).errors, HasSubstr("did you mean \"collectors\"?"));
}

TEST(CommandLineTest, PrintsTheVersion) {
  const Outcome version = RunHakem({"version"});
  EXPECT_EQ(version.status, kFine);
  EXPECT_EQ(version.output, VersionLine() + "\n");
}

TEST(CommandLineTest, DocumentsEveryCommand) {
  const std::string page = CommandsPage();
  for (const CommandSpec* spec : kCommands) {
    if (spec->bind != nullptr) {
      EXPECT_THAT(page, HasSubstr("| `hakem " + std::string(spec->name)));
    }
  }
}

}  // namespace
}  // namespace hakem::cli
