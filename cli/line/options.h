#pragma once

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/duration.h"
#include "model/result.h"

// The kinds of options that commands declare. What an option is read into outlives the command.
namespace hakem::cli {

/// Adds an option for a number. Its help ends with the value that `target` has now, the default.
template <typename Number>
void AddNumber(CLI::App& command, const std::string& name, Number& target,
               const std::string& help) {
  command.add_option(name, target, fmt::format("{} (default {})", help, target))->type_name("N");
}

/// Adds an option whose text `parse` reads and stores. An error of `parse` is a usage error.
void AddParsed(CLI::App& command, const std::string& name, const std::string& help,
               const std::string& type,
               const std::function<Result<void>(const std::string&)>& parse);

/// Adds an option that takes one of `words`. The error for any other word lists them.
void AddWord(CLI::App& command, const std::string& name, std::string& target,
             const std::string& help, std::vector<std::string_view> words);

/// Adds an option for a duration such as `5m`.
void AddDuration(CLI::App& command, const std::string& name, const std::string& help,
                 const std::function<void(Duration)>& set);

/// Adds a switch `NAME` and a hidden `--no-NAME`. Each also takes `=true` or `=false`, as the flags
/// of Prometheus' exporters do. `set` gets the value of the last one given. Returns the visible
/// option.
CLI::Option* AddSwitch(CLI::App& command, const std::string& name, const std::string& help,
                       const std::function<void(bool)>& set);

/// Reads an option's text for AddParsed. Errors: kInvalidInput.
Result<int> ParseWholeNumber(const std::string& text);

/// The error for a word that an option does not take: lists `words` and names the nearest one.
tl::unexpected<Error> NotOneOf(const std::string& typed, std::span<const std::string_view> words);

}  // namespace hakem::cli
