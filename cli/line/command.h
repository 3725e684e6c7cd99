#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string_view>

// NOLINTNEXTLINE(readability-identifier-naming): the name of a library.
namespace CLI {
class App;
}

namespace hakem::cli {

/// The headings of `hakem --help`, in their order.
enum class CommandGroup { kWatch, kAsk, kPrepare, kTry };

/// Runs a command with the options that were read. Returns the exit status, an ExitCode.
using RunCommand = std::function<int()>;

/// A command of the program. A constant: no code runs before main().
struct CommandSpec {
  /// What is typed after `hakem`, and the name of its file, with `_` for a space: "explain
  /// collectors" is the command `collectors` of the command `explain`.
  std::string_view name;
  std::string_view help;  ///< One line without a final stop.
  CommandGroup group;
  /// Adds the options to the command and returns what runs it: Bind. Null if the command only
  /// groups other commands.
  RunCommand (*bind)(CLI::App& command);
};

/// Keeps the options of one command, which `kAddOptions` declares and `kRun` gets.
template <typename Options, void (*kAddOptions)(CLI::App&, Options&), int (*kRun)(const Options&)>
RunCommand Bind(CLI::App& command) {
  const auto options = std::make_shared<Options>();
  kAddOptions(command, *options);
  return [options] { return kRun(*options); };
}

/// All commands, by name. Generated from the files of this folder's parent.
extern const std::span<const CommandSpec* const> kCommands;

}  // namespace hakem::cli
