#include "cli/cli.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "cli/add_commands.h"
#include "cli/output/output.h"
#include "cli/output/report.h"
#include "format/nearest_name.h"

namespace hakem::exporter {
namespace {

constexpr const char* kFooter =
    "Exit status: 0 fine, 1 what was checked is wrong, 2 bad usage or configuration, a busy port "
    "or "
    "an unwritable path, 3 the database or the server cannot be reached.\n"
    "Without --config these variables say where the database is: DATA_SOURCE_NAME, or DB_HOST, "
    "DB_PORT, DB_NAME, DB_USER and DB_PASSWORD, or libpq's PG*.";

std::vector<std::string> CommandNames(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands(nullptr)) {
    names.push_back(command->get_name());
  }
  return names;
}

std::vector<std::string> FlagNames(const CLI::App& command) {
  std::vector<std::string> names;
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& name : option->get_lnames()) {
      names.push_back("--" + name);
    }
  }
  return names;
}

std::string Nearest(const std::string& typed, const std::vector<std::string>& names) {
  const std::vector<std::string_view> known(names.begin(), names.end());
  return DidYouMean(typed, known);
}

/// The end of a usage error: the nearest command or flag, or where to read more.
std::string Hint(const CLI::App& app, std::span<const char* const> words) {
  if (words.empty()) {
    return "; see hakem --help";
  }
  const std::string typed = words[0];
  const std::vector<std::string> commands = CommandNames(app);
  if (std::find(commands.begin(), commands.end(), typed) == commands.end()) {
    const std::string nearest = Nearest(typed, commands);
    return nearest.empty() ? "; see hakem --help" : nearest;
  }
  const std::vector<std::string> flags = FlagNames(*app.get_subcommand(typed));
  for (const std::string word : words.subspan(1)) {
    const std::string flag = word.substr(0, word.find('='));
    if (flag.starts_with("--") && std::find(flags.begin(), flags.end(), flag) == flags.end()) {
      return fmt::format("{}; see hakem {} --help", Nearest(flag, flags), typed);
    }
  }
  return fmt::format("; see hakem {} --help", typed);
}

/// What is wrong, in our words where the library's are not for people.
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
  CLI::App app("Hakem watches a game that lives on PostgreSQL: metrics, alerts, and who is told.",
               "hakem");
  app.footer(kFooter);
  app.require_subcommand(1);
  app.set_version_flag("--version", VersionLine());
  std::function<int()> chosen;
  const Commands commands(app, chosen);
  for (const auto add : {AddServe, AddSetup, AddCollect, AddAlerts, AddQuery, AddExplain,
                         AddSimulate, AddDemo, AddConfig, AddVersion}) {
    add(commands);
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& wanted) {  // --help, --version
    return FinishOutput(app.exit(wanted));
  } catch (const CLI::ParseError& error) {
    return Report({ErrorCode::kInvalidInput, Message(error) + Hint(app, {argv + 1, argv + argc})});
  }
  return FinishOutput(chosen());  // After everything was read.
}

}  // namespace hakem::exporter
