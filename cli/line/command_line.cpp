#include "cli/line/command_line.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "cli/line/command.h"
#include "cli/line/help_format.h"
#include "cli/output/output.h"
#include "cli/output/report.h"
#include "format/nearest_name.h"

namespace hakem::cli {
namespace {

constexpr const char* kFooter =
    "Exit status: 0 success; 1 a check failed, such as an alert that fires; 2 wrong usage or "
    "configuration, a busy port or a path that cannot be written; 3 the database or the server "
    "cannot be reached.";

/// The headings of `hakem --help`, by CommandGroup.
constexpr std::array kHeadings = {"Watch a database", "Inspect", "Prepare", "Try out"};

std::string Heading(CommandGroup group) {
  return kHeadings.at(static_cast<std::size_t>(group));
}

/// All commands in the order of the help: by group, then by name.
std::vector<const CommandSpec*> OrderedCommands() {
  std::vector<const CommandSpec*> specs(kCommands.begin(), kCommands.end());
  std::stable_sort(specs.begin(), specs.end(),
                   [](const CommandSpec* a, const CommandSpec* b) { return a->group < b->group; });
  return specs;
}

/// Adds the command to `app`, or to the command that its name begins with. When it is read,
/// `chosen` becomes what runs it.
void AddCommand(CLI::App& app, const CommandSpec& spec, RunCommand& chosen) {
  const std::size_t space = spec.name.rfind(' ');
  const bool is_nested = space != spec.name.npos;
  CLI::App& parent = is_nested ? *app.get_subcommand(std::string(spec.name.substr(0, space))) : app;
  CLI::App& command = *parent.add_subcommand(
      std::string(is_nested ? spec.name.substr(space + 1) : spec.name), std::string(spec.help));
  command.group(is_nested ? "Commands" : Heading(spec.group));
  if (spec.bind == nullptr) {
    command.require_subcommand(1);
  } else {
    command.callback([&chosen, run = spec.bind(command)] { chosen = run; });
  }
}

std::vector<std::string> CommandNames(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands(nullptr)) {
    names.push_back(command->get_name());
  }
  return names;
}

/// The long flags of the command, hidden ones included.
std::vector<std::string> FlagNames(const CLI::App& command) {
  std::vector<std::string> names;
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& name : option->get_lnames()) {
      names.push_back("--" + name);
    }
  }
  return names;
}

bool Contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::string Nearest(const std::string& typed, const std::vector<std::string>& names) {
  const std::vector<std::string_view> known(names.begin(), names.end());
  return DidYouMean(typed, known);
}

/// The end of a usage error: the nearest command or flag, or where to read more.
std::string Hint(const CLI::App& app, std::span<const char* const> words) {
  const CLI::App* command = &app;
  std::string path = "hakem";
  while (!words.empty() && Contains(CommandNames(*command), words[0])) {
    command = command->get_subcommand(words[0]);
    path += fmt::format(" {}", words[0]);
    words = words.subspan(1);
  }
  const std::vector<std::string> flags = FlagNames(*command);
  for (const std::string word : words) {
    const std::string flag = word.substr(0, word.find('='));
    if (flag.starts_with("--") && !Contains(flags, flag)) {
      return fmt::format("{}; see {} --help", Nearest(flag, flags), path);
    }
  }
  const std::string nearest = words.empty() ? "" : Nearest(words[0], CommandNames(*command));
  return nearest.empty() ? fmt::format("; see {} --help", path) : nearest;
}

/// The library's message, but for numbers, where the library's words are not for people.
std::string Message(const CLI::ParseError& error) {
  constexpr std::string_view kNotConverted = "Could not convert: ";
  std::string message = error.what();
  const std::size_t equals = message.find(" = ");
  if (!message.starts_with(kNotConverted) || equals == std::string::npos) {
    return message;
  }
  return fmt::format("{}: \"{}\" is not a number",
                     message.substr(kNotConverted.size(), equals - kNotConverted.size()),
                     message.substr(equals + 3));
}

}  // namespace

int RunCommandLine(int argc, const char* const* argv) {
  CLI::App app("Hakem watches PostgreSQL and the games in it: metrics, alerts, notifications.",
               "hakem");
  app.formatter(std::make_shared<HelpFormat>());
  app.set_help_flag("-h,--help", "print this help");
  app.set_version_flag("--version", VersionLine(), "print the version");
  app.footer(kFooter);
  app.require_subcommand(1);
  RunCommand chosen;
  for (const CommandSpec* spec : OrderedCommands()) {
    AddCommand(app, *spec, chosen);
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& wanted) {  // --help, --version
    return FinishOutput(app.exit(wanted));
  } catch (const CLI::ParseError& error) {
    return Report({ErrorCode::kInvalidInput, Message(error) + Hint(app, {argv + 1, argv + argc})});
  }
  return FinishOutput(chosen());
}

std::string VersionLine() {
  return fmt::format("hakem {}", HAKEM_VERSION);
}

}  // namespace hakem::cli
