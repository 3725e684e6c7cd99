#include "cli/line/option_kinds.h"

#include <algorithm>
#include <span>
#include <utility>

#include "format/nearest_name.h"

namespace hakem::exporter {
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

/// Puts into `target` what the word stands for. Errors: kInvalidInput, with the words there are.
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
  return Fail(ErrorCode::kInvalidInput,
              fmt::format("\"{}\" is none of {}{}", typed, fmt::join(words, ", "),
                          DidYouMean(typed, words)));
}

}  // namespace

void AddParsed(CLI::App& command, const std::string& name, const std::string& help,
               const std::string& type,
               const std::function<Result<void>(const std::string&)>& parse) {
  command
      .add_option_function<std::string>(
          name,
          [name, parse](const std::string& text) {
            if (const Result<void> parsed = parse(text); !parsed) {
              throw CLI::ValidationError(name.substr(name.rfind(',') + 1), parsed.error().message);
            }
          },
          help)
      ->type_name(type);
}

void AddWord(CLI::App& command, const std::string& name, std::string& target,
             const std::string& help, std::vector<std::string_view> words) {
  AddParsed(command, name, help, "FORMAT",
            [&target, words = std::move(words)](const std::string& typed) -> Result<void> {
              if (std::find(words.begin(), words.end(), typed) == words.end()) {
                return Fail(ErrorCode::kInvalidInput,
                            fmt::format("\"{}\" is none of {}{}", typed, fmt::join(words, ", "),
                                        DidYouMean(typed, words)));
              }
              target = typed;
              return {};
            });
}

void AddDuration(CLI::App& command, const std::string& name, const std::string& help,
                 const std::function<void(Duration)>& set) {
  AddParsed(command, name, help, "DURATION",
            [set](const std::string& text) { return ParseDuration(text).map(set); });
}

Result<int> ParseWholeNumber(const std::string& text) {
  int number = 0;
  if (!CLI::detail::lexical_cast(text, number)) {
    return Fail(ErrorCode::kInvalidInput, fmt::format("\"{}\" is not a whole number", text));
  }
  return number;
}

void AddConfigFile(CLI::App& command, CommonOptions& common) {
  command
      .add_option("--config", common.config_path, "hakem.yml; without it the environment counts")
      ->type_name("FILE");
}

void AddLogging(CLI::App& command, CommonOptions& common) {
  AddParsed(command, "--log-level,--log.level",
            "debug, info, warn or error (default: info where it runs on, else error)", "LEVEL",
            [&common](const std::string& word) {
              return Choose<LogLevel>(kLogLevels, word, common.log_level);
            });
  AddParsed(command, "--log-format,--log.format", "logfmt or json (default logfmt)", "FORMAT",
            [&common](const std::string& word) {
              return Choose<LogFormat>(kLogFormats, word, common.log_format);
            });
}

void AddCommon(CLI::App& command, CommonOptions& common) {
  AddConfigFile(command, common);
  AddLogging(command, common);
}

void AddFeatures(CLI::App& command, const std::string& help, promql::Features& target) {
  const auto add = [&target](const std::vector<std::string>& lists) {
    const Result<promql::Features> features = promql::FeaturesNamed(lists);
    if (!features) {
      throw CLI::ValidationError("--enable-feature", features.error().message);
    }
    target = target.With(*features);
  };
  command.add_option_function<std::vector<std::string>>("--enable-feature", add, help)
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->type_name("NAMES");
}

void AddServer(CLI::App& command, std::string& server) {
  command
      .add_option("--server", server, "the running Hakem to ask (default http://127.0.0.1:9187)")
      ->type_name("URL");
}

void AddOutput(CLI::App& command, std::string& output) {
  AddWord(command, "--output", output, "text or json (default text)", {"text", "json"});
}

}  // namespace hakem::exporter
