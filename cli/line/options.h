#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/duration.h"
#include "model/result.h"

// NOLINTNEXTLINE(readability-identifier-naming): the name of a library.
namespace CLI {
class App;
}

// The kinds of options that commands declare. What an option is read into outlives the command.
// Commands do not see the library that reads them, whose headers take ten seconds to compile.
namespace hakem::cli {

/// Where the help lists an option, and what can take its place.
struct OptionPlace {
  std::string heading = "Options";  ///< The heading above it; "" hides the option.
  std::string variable = "";        ///< The environment variable read if the option is not given.
};

/// Adds an option for a text. `type` is what the help calls its value.
void AddText(CLI::App& command, const std::string& name, std::string& target,
             const std::string& help, const std::string& type);

/// Adds a text without a name in front of it, which must be given.
void AddArgument(CLI::App& command, const std::string& name, std::string& target,
                 const std::string& help);

/// Adds one or more texts without names in front of them, such as files. At least one must be
/// given.
void AddArguments(CLI::App& command, const std::string& name, std::vector<std::string>& target,
                  const std::string& help);

/// Adds a flag without a value.
void AddFlag(CLI::App& command, const std::string& name, bool& target, const std::string& help);

/// Adds an option for a number. Its help ends with the value that `target` has now, the default.
/// Number: int, std::int64_t, std::uint64_t or double.
template <typename Number>
void AddNumber(CLI::App& command, const std::string& name, Number& target, const std::string& help);

/// Adds an option for a whole number. `set` gets it if the option is given.
void AddWholeNumber(CLI::App& command, const std::string& name, const std::string& help,
                    const std::string& type, const std::function<void(int)>& set);

/// Adds an option whose text `parse` reads and stores. An error of `parse` is a usage error.
void AddParsed(CLI::App& command, const std::string& name, const std::string& help,
               const std::string& type,
               const std::function<Result<void>(const std::string&)>& parse,
               const OptionPlace& place = {});

/// Adds an option that may be given several times. `take` gets all values; its error is a usage
/// error.
void AddList(CLI::App& command, const std::string& name, const std::string& help,
             const std::string& type,
             const std::function<Result<void>(const std::vector<std::string>&)>& take);

/// Adds an option that takes one of `words`. The error for any other word lists them.
void AddWord(CLI::App& command, const std::string& name, std::string& target,
             const std::string& help, std::vector<std::string_view> words);

/// Adds an option for a duration such as `5m`.
void AddDuration(CLI::App& command, const std::string& name, const std::string& help,
                 const std::function<void(Duration)>& set);

/// Adds a switch `NAME` and a hidden `--no-NAME`. Each also takes `=true` or `=false`, as the flags
/// of Prometheus' exporters do. `set` gets the value of the last one given; its error is a usage
/// error.
void AddSwitch(CLI::App& command, const std::string& name, const std::string& help,
               const std::function<Result<void>(bool)>& set, const OptionPlace& place = {});

/// Whether an option was given so far.
bool IsGiven(const CLI::App& command, const std::string& name);

/// Reads an option's text for AddParsed. Errors: kInvalidInput.
Result<int> ParseWholeNumber(const std::string& text);

/// The error for a word that an option does not take: lists `words` and names the nearest one.
tl::unexpected<Error> NotOneOf(const std::string& typed, std::span<const std::string_view> words);

}  // namespace hakem::cli
