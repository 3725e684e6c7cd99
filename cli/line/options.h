#pragma once

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/line/common_options.h"
#include "model/duration.h"
#include "model/result.h"
#include "promql/syntax/features.h"

namespace hakem::exporter {

/// The command line while commands are added to it.
class Commands {
 public:
  /// What a command's options are read into.
  template <typename Options>
  struct Read {
    CommonOptions common;
    Options own;
  };

  /// `chosen` becomes what to run when a command was read.
  Commands(CLI::App& app, std::function<int()>& chosen) : app_(app), chosen_(chosen) {}

  /// A command, and where its options are kept for `run`.
  template <typename Options>
  std::pair<CLI::App&, Read<Options>&> Add(const std::string& name, const std::string& help,
                                           int (*run)(const CommonOptions&, const Options&)) const {
    const auto read = std::make_shared<Read<Options>>();
    CLI::App* command = app_.add_subcommand(name, help);
    command->callback([&chosen = chosen_, read, run] {
      chosen = [read, run] { return run(read->common, read->own); };
    });
    return {*command, *read};
  }

  /// Commands of a command.
  Commands Under(const std::string& name, const std::string& help) const {
    CLI::App* command = app_.add_subcommand(name, help);
    command->require_subcommand(1);
    return {*command, chosen_};
  }

 private:
  CLI::App& app_;
  std::function<int()>& chosen_;
};

/// An option that says what its number is without it.
template <typename Number>
void AddNumber(CLI::App& command, const std::string& name, Number& target,
               const std::string& help) {
  command.add_option(name, target, fmt::format("{} (default {})", help, target))->type_name("N");
}

/// An option whose text `parse` reads and puts where it belongs.
void AddParsed(CLI::App& command, const std::string& name, const std::string& help,
               const std::string& type,
               const std::function<Result<void>(const std::string&)>& parse);

/// One of a few words. Any other is refused with the words there are.
void AddWord(CLI::App& command, const std::string& name, std::string& target,
             const std::string& help, std::vector<std::string_view> words);

void AddDuration(CLI::App& command, const std::string& name, const std::string& help,
                 const std::function<void(Duration)>& set);

/// A whole number, to be read by AddParsed. Errors: kInvalidInput.
Result<int> ParseWholeNumber(const std::string& text);

void AddConfigFile(CLI::App& command, CommonOptions& common);

void AddLogging(CLI::App& command, CommonOptions& common);

/// The options of commands that read the configuration.
void AddCommon(CLI::App& command, CommonOptions& common);

/// `--enable-feature A,B`, once or several times.
void AddFeatures(CLI::App& command, const std::string& help, promql::Features& target);

/// The running Hakem that a command asks.
void AddServer(CLI::App& command, std::string& server);

/// `--output text` or `json`.
void AddOutput(CLI::App& command, std::string& output);

}  // namespace hakem::exporter
