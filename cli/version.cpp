#include <variant>

#include "cli/line/command.h"
#include "cli/line/command_line.h"
#include "cli/output/output.h"
#include "cli/output/report.h"

namespace hakem::cli {
namespace {

void AddOptions(CLI::App& /*command*/, std::monostate& /*options*/) {}

int Run(const std::monostate& /*options*/) {
  Print(VersionLine() + '\n');
  return kFine;
}

}  // namespace

extern const CommandSpec version;
constinit const CommandSpec version{.name = "version",
                                    .help = "Print the version",
                                    .group = CommandGroup::kAsk,
                                    .bind = Bind<std::monostate, AddOptions, Run>};

}  // namespace hakem::cli
