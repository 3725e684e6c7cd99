#include "cli/line/command.h"

namespace hakem::cli {

extern const CommandSpec test;
constinit const CommandSpec test{.name = "test",
                                 .help = "Test what was written for Hakem",
                                 .group = CommandGroup::kPrepare,
                                 .bind = nullptr};

}  // namespace hakem::cli
