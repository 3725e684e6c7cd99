#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/output/result.h"
#include "model/log.h"
#include "promql/syntax/features.h"

// NOLINTNEXTLINE(readability-identifier-naming): the name of a library.
namespace CLI {
class App;
}

// The options that several commands have. Each is declared here once.
namespace hakem::cli {

/// The Hakem that a command asks unless `--server` names another.
inline constexpr const char* kDefaultServer = "http://127.0.0.1:9187";

/// What to log and in which form.
struct LogOptions {
  std::optional<LogLevel> level;
  LogFormat format = LogFormat::kLogfmt;

  /// The log with the level that was given, else with `default_level`.
  Log MakeLog(LogLevel default_level) const { return {level.value_or(default_level), format}; }
};

/// What a value of `--output` may mean besides a file.
enum class OldOutput {
  kFile,          ///< Nothing else.
  kFileOrFormat,  ///< A format if it is one and `--format` is not given, as in release 0.1.
};

/// `--config FILE`. Without it the environment is read.
void AddConfigFile(CLI::App& command, std::string& path);

/// `--log.level` and `--log.format`.
void AddLogging(CLI::App& command, LogOptions& log);

/// `--server URL`. `help` says what the server is.
void AddServer(CLI::App& command, std::string& server, std::string_view help);

/// `--format`, which takes one of `formats` (the first is the default), and `-o`, `--output FILE`.
void AddOutput(CLI::App& command, OutputOptions& output, std::vector<std::string_view> formats,
               OldOutput old_output);

/// `--enable-feature A,B`, once or several times: experimental features of PromQL.
void AddFeatures(CLI::App& command, const std::string& help, promql::Features& target);

}  // namespace hakem::cli
