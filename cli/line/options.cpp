#include "cli/line/options.h"

#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdint>
#include <iterator>
#include <utility>

#include "format/nearest_name.h"

namespace hakem::cli {
namespace {

/// Whether Go reads the text as a boolean, as Prometheus' exporters do.
bool IsBoolean(std::string_view text) {
  constexpr std::string_view kBooleans[] = {"true",  "True",  "TRUE",  "t", "T", "1",
                                            "false", "False", "FALSE", "f", "F", "0"};
  return std::find(std::begin(kBooleans), std::end(kBooleans), text) != std::end(kBooleans);
}

CLI::Validator BooleanValidator(const std::string& name) {
  const auto check = [name](const std::string& word) -> std::string {
    if (!IsBoolean(word)) {
      // The library builds the message of a ValidationError anew, and leaves out the name of an
      // option that --help does not list.
      throw CLI::ConversionError(name + ": \"" + word + "\" is neither true nor false",
                                 CLI::ExitCodes::ConversionError);
    }
    return "";
  };
  return {check, ""};
}

/// Makes a usage error of a failure to read the value of an option.
void RequireGood(const std::string& name, const Result<void>& read) {
  if (!read) {
    throw CLI::ValidationError(name.substr(name.rfind(',') + 1), read.error().message);
  }
}

void Place(CLI::Option& option, const OptionPlace& place) {
  option.group(place.heading);
  if (!place.variable.empty()) {
    option.envname(place.variable);
  }
}

/// Adds one flag of a switch; `value` is what the flag means without `=true` or `=false`.
CLI::Option* AddSwitchFlag(CLI::App& command, const std::string& name, const std::string& help,
                           bool value, const std::function<Result<void>(bool)>& set) {
  // The library adds one for each `true` and subtracts one for each `false`.
  const auto take = [name, set, value](std::int64_t sum) {
    if (sum == 0) {
      throw CLI::ValidationError(name, "it is given as true and as false");
    }
    RequireGood(name, set((sum > 0) == value));
  };
  return command.add_flag_function(name, take, help)->check(BooleanValidator(name));
}

}  // namespace

tl::unexpected<Error> NotOneOf(const std::string& typed, std::span<const std::string_view> words) {
  return Fail(ErrorCode::kInvalidInput,
              fmt::format("\"{}\" is none of {}{}", typed, fmt::join(words, ", "),
                          DidYouMean(typed, words)));
}

void AddText(CLI::App& command, const std::string& name, std::string& target,
             const std::string& help, const std::string& type) {
  command.add_option(name, target, help)->type_name(type);
}

void AddArgument(CLI::App& command, const std::string& name, std::string& target,
                 const std::string& help) {
  command.add_option(name, target, help)->required()->type_name("");
}

void AddArguments(CLI::App& command, const std::string& name, std::vector<std::string>& target,
                  const std::string& help) {
  command.add_option(name, target, help)->required()->type_name("");
}

void AddFlag(CLI::App& command, const std::string& name, bool& target, const std::string& help) {
  command.add_flag(name, target, help);
}

template <typename Number>
void AddNumber(CLI::App& command, const std::string& name, Number& target,
               const std::string& help) {
  command.add_option(name, target, fmt::format("{} (default {})", help, target))->type_name("N");
}

template void AddNumber(CLI::App&, const std::string&, int&, const std::string&);
template void AddNumber(CLI::App&, const std::string&, std::int64_t&, const std::string&);
template void AddNumber(CLI::App&, const std::string&, std::uint64_t&, const std::string&);
template void AddNumber(CLI::App&, const std::string&, double&, const std::string&);

void AddParsed(CLI::App& command, const std::string& name, const std::string& help,
               const std::string& type,
               const std::function<Result<void>(const std::string&)>& parse,
               const OptionPlace& place) {
  const auto take = [name, parse](const std::string& text) { RequireGood(name, parse(text)); };
  Place(*command.add_option_function<std::string>(name, take, help)->type_name(type), place);
}

void AddList(CLI::App& command, const std::string& name, const std::string& help,
             const std::string& type,
             const std::function<Result<void>(const std::vector<std::string>&)>& take) {
  const auto take_all = [name, take](const std::vector<std::string>& values) {
    RequireGood(name, take(values));
  };
  command.add_option_function<std::vector<std::string>>(name, take_all, help)
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->type_name(type);
}

void AddWord(CLI::App& command, const std::string& name, std::string& target,
             const std::string& help, std::vector<std::string_view> words) {
  AddParsed(command, name, help, "FORMAT",
            [&target, words = std::move(words)](const std::string& typed) -> Result<void> {
              if (std::find(words.begin(), words.end(), typed) == words.end()) {
                return NotOneOf(typed, words);
              }
              target = typed;
              return {};
            });
}

void AddWholeNumber(CLI::App& command, const std::string& name, const std::string& help,
                    const std::string& type, const std::function<void(int)>& set) {
  AddParsed(command, name, help, type,
            [set](const std::string& text) { return ParseWholeNumber(text).transform(set); });
}

void AddDuration(CLI::App& command, const std::string& name, const std::string& help,
                 const std::function<void(Duration)>& set) {
  AddParsed(command, name, help, "DURATION",
            [set](const std::string& text) { return ParseDuration(text).transform(set); });
}

void AddSwitch(CLI::App& command, const std::string& name, const std::string& help,
               const std::function<Result<void>(bool)>& set, const OptionPlace& place) {
  Place(*AddSwitchFlag(command, name, help, true, set), place);
  AddSwitchFlag(command, "--no-" + name.substr(2), "", false, set)->group("");
}

bool IsGiven(const CLI::App& command, const std::string& name) {
  return command.get_option(name)->count() > 0;
}

Result<int> ParseWholeNumber(const std::string& text) {
  int number = 0;
  if (!CLI::detail::lexical_cast(text, number)) {
    return Fail(ErrorCode::kInvalidInput, fmt::format("\"{}\" is not a whole number", text));
  }
  return number;
}

}  // namespace hakem::cli
