#include "cli/line/shared_options.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <span>

#include "cli/line/options.h"

namespace hakem::cli {
namespace {

template <typename Value>
struct Choice {
  std::string_view word;
  Value value;
};

constexpr Choice<LogLevel> kLogLevels[] = {{"debug", LogLevel::kDebug},
                                           {"info", LogLevel::kInfo},
                                           {"warn", LogLevel::kWarn},
                                           {"error", LogLevel::kError}};
constexpr Choice<LogFormat> kLogFormats[] = {{"logfmt", LogFormat::kLogfmt},
                                             {"json", LogFormat::kJson}};

/// Stores the value that the word names in `target`. Errors: kInvalidInput, with all words.
template <typename Value, typename Target>
Result<void> Choose(std::span<const Choice<Value>> choices, const std::string& typed,
                    Target& target) {
  std::vector<std::string_view> words;
  for (const Choice<Value>& choice : choices) {
    if (choice.word == typed) {
      target = choice.value;
      return {};
    }
    words.push_back(choice.word);
  }
  return NotOneOf(typed, words);
}

/// Adds the option under the name that Prometheus' exporters use, and hidden with a `-` in it.
void AddLogOption(CLI::App& command, const std::string& name, const std::string& help,
                  const std::string& type,
                  const std::function<Result<void>(const std::string&)>& parse) {
  AddParsed(command, "--log." + name, help, type, parse);
  AddParsed(command, "--log-" + name, help, type, parse, {.heading = ""});
}

}  // namespace

void AddConfigFile(CLI::App& command, std::string& path) {
  AddText(command, "--config", path,
          "hakem.yml; without it the environment says where the database is: DATA_SOURCE_NAME, or "
          "DB_HOST, DB_PORT, DB_NAME, DB_USER and DB_PASSWORD, or libpq's PG*",
          "FILE");
}

void AddLogging(CLI::App& command, LogOptions& log) {
  AddLogOption(
      command, "level",
      "debug, info, warn or error (default: info for serve and simulate, else error)", "LEVEL",
      [&log](const std::string& word) { return Choose<LogLevel>(kLogLevels, word, log.level); });
  AddLogOption(
      command, "format", "logfmt or json (default logfmt)", "FORMAT",
      [&log](const std::string& word) { return Choose<LogFormat>(kLogFormats, word, log.format); });
}

void AddServer(CLI::App& command, std::string& server, std::string_view help) {
  server = kDefaultServer;
  AddText(command, "--server", server, fmt::format("{} (default {})", help, kDefaultServer), "URL");
}

void AddOutput(CLI::App& command, OutputOptions& output, std::vector<std::string_view> formats,
               OldOutput old_output) {
  output.format = formats.front();
  AddWord(command, "--format", output.format,
          fmt::format("{} (default {})", fmt::join(formats, ", "), formats.front()), formats);
  AddParsed(command, "-o,--output",
            "write to this file instead of standard output; the file is replaced as a whole",
            "FILE", [&command, &output, formats, old_output](const std::string& text) {
              const bool is_format =
                  old_output == OldOutput::kFileOrFormat && !IsGiven(command, "--format") &&
                  std::find(formats.begin(), formats.end(), text) != formats.end();
              (is_format ? output.format : output.file) = text;
              return Result<void>();
            });
}

void AddFeatures(CLI::App& command, const std::string& help, promql::Features& target) {
  AddList(command, "--enable-feature", help, "NAMES",
          [&target](const std::vector<std::string>& lists) {
            return promql::FeaturesNamed(lists).transform(
                [&](const promql::Features& features) { target = target.With(features); });
          });
}

}  // namespace hakem::cli
