#include "cli/line/shared_options.h"

#include <gmock/gmock.h>

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace hakem::cli {
namespace {

/// Parses the words of a command that has the options of AddOutput and of AddLogging.
struct Parsed {
  explicit Parsed(std::vector<std::string> words, OldOutput old_output = OldOutput::kFileOrFormat) {
    AddOutput(command, output, {"text", "json"}, old_output);
    AddLogging(command, log);
    std::reverse(words.begin(), words.end());  // The library reads from the end.
    command.parse(words);
  }

  CLI::App command;
  OutputOptions output;
  LogOptions log;
};

TEST(SharedOptionsTest, TakesTheFirstFormatAndStandardOutputByDefault) {
  const Parsed parsed({});
  EXPECT_EQ(parsed.output.format, "text");
  EXPECT_EQ(parsed.output.file, "");
}

TEST(SharedOptionsTest, ReadsFormatAndFile) {
  for (const char* name : {"-o", "--output"}) {
    const Parsed parsed({"--format", "json", name, "alerts.json"});
    EXPECT_EQ(parsed.output.format, "json");
    EXPECT_EQ(parsed.output.file, "alerts.json");
  }
}

TEST(SharedOptionsTest, StillTakesAFormatByOutput) {
  const Parsed parsed({"--output", "json"});
  EXPECT_EQ(parsed.output.format, "json");
  EXPECT_EQ(parsed.output.file, "");
}

TEST(SharedOptionsTest, TakesAFileThatIsNamedAsAFormatWhereTheFormatIsGiven) {
  const Parsed parsed({"--output", "json", "--format", "text"});
  EXPECT_EQ(parsed.output.format, "text");
  EXPECT_EQ(parsed.output.file, "json");
}

TEST(SharedOptionsTest, TakesNoFormatByOutputWhereItWasAlwaysAFile) {
  const Parsed parsed({"--output", "json"}, OldOutput::kFile);
  EXPECT_EQ(parsed.output.format, "text");
  EXPECT_EQ(parsed.output.file, "json");
}

TEST(SharedOptionsTest, RefusesAnUnknownFormat) {
  EXPECT_THROW(Parsed({"--format", "yaml"}), CLI::ValidationError);
}

TEST(SharedOptionsTest, TakesBothSpellingsOfTheLogOptions) {
  for (const char* name : {"--log.level", "--log-level"}) {
    EXPECT_EQ(Parsed({name, "warn"}).log.level, LogLevel::kWarn);
  }
  for (const char* name : {"--log.format", "--log-format"}) {
    EXPECT_EQ(Parsed({name, "json"}).log.format, LogFormat::kJson);
  }
}

TEST(SharedOptionsTest, ListsOneSpellingInTheHelp) {
  const std::string help = Parsed({}).command.help();
  EXPECT_THAT(help, testing::HasSubstr("--log.level LEVEL"));
  EXPECT_THAT(help, testing::Not(testing::HasSubstr("--log-level")));
}

}  // namespace
}  // namespace hakem::cli
