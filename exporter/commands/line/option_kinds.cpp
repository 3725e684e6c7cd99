#include "exporter/commands/line/option_kinds.h"

#include <map>
#include <vector>

namespace hakem::exporter {
namespace {

const std::map<std::string, LogLevel> kLogLevels{{"debug", LogLevel::kDebug},
                                                 {"info", LogLevel::kInfo},
                                                 {"warn", LogLevel::kWarn},
                                                 {"error", LogLevel::kError}};
const std::map<std::string, LogFormat> kLogFormats{{"logfmt", LogFormat::kLogfmt},
                                                   {"json", LogFormat::kJson}};

}  // namespace

void AddParsed(CLI::App& command, const std::string& name, const std::string& help,
               const std::string& type,
               const std::function<Result<void>(const std::string&)>& parse) {
  command
      .add_option_function<std::string>(
          name,
          [name, parse](const std::string& text) {
            if (const Result<void> parsed = parse(text); !parsed) {
              throw CLI::ValidationError(name, parsed.error().message);
            }
          },
          help)
      ->type_name(type);
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
  command
      .add_option("--log-level,--log.level", common.log_level,
                  "debug, info, warn or error (default: info where it runs on, else error)")
      ->transform(CLI::CheckedTransformer(kLogLevels).description(""))
      ->type_name("LEVEL");
  command
      .add_option("--log-format,--log.format", common.log_format, "logfmt or json (default logfmt)")
      ->transform(CLI::CheckedTransformer(kLogFormats).description(""))
      ->type_name("FORMAT");
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
  command.add_option("--output", output, "text or json (default text)")
      ->check(CLI::IsMember({"text", "json"}).description(""))
      ->type_name("FORMAT");
}

}  // namespace hakem::exporter
