#include "cli/line/command.h"

namespace hakem::cli {

extern const CommandSpec check;
constinit const CommandSpec check{.name = "check",
                                  .help = "Check what was written for Hakem",
                                  .group = CommandGroup::kPrepare,
                                  .bind = nullptr};

}  // namespace hakem::cli
