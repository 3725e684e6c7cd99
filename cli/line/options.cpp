#include "cli/line/options.h"

#include <fmt/ranges.h>

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

/// Adds one flag of a switch; `value` is what the flag means without `=true` or `=false`.
CLI::Option* AddFlag(CLI::App& command, const std::string& name, const std::string& help,
                     bool value, const std::function<void(bool)>& set) {
  // The library adds one for each `true` and subtracts one for each `false`.
  const auto take = [name, set, value](std::int64_t sum) {
    if (sum == 0) {
      throw CLI::ValidationError(name, "it is given as true and as false");
    }
    set((sum > 0) == value);
  };
  return command.add_flag_function(name, take, help)->check(BooleanValidator(name));
}

}  // namespace

tl::unexpected<Error> NotOneOf(const std::string& typed, std::span<const std::string_view> words) {
  return Fail(ErrorCode::kInvalidInput,
              fmt::format("\"{}\" is none of {}{}", typed, fmt::join(words, ", "),
                          DidYouMean(typed, words)));
}

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
                return NotOneOf(typed, words);
              }
              target = typed;
              return {};
            });
}

void AddDuration(CLI::App& command, const std::string& name, const std::string& help,
                 const std::function<void(Duration)>& set) {
  AddParsed(command, name, help, "DURATION",
            [set](const std::string& text) { return ParseDuration(text).transform(set); });
}

CLI::Option* AddSwitch(CLI::App& command, const std::string& name, const std::string& help,
                       const std::function<void(bool)>& set) {
  CLI::Option* option = AddFlag(command, name, help, true, set);
  AddFlag(command, "--no-" + name.substr(2), "", false, set)->group("");
  return option;
}

Result<int> ParseWholeNumber(const std::string& text) {
  int number = 0;
  if (!CLI::detail::lexical_cast(text, number)) {
    return Fail(ErrorCode::kInvalidInput, fmt::format("\"{}\" is not a whole number", text));
  }
  return number;
}

}  // namespace hakem::cli
