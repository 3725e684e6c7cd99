#include "cli/line/command.h"

namespace hakem::cli {

extern const CommandSpec explain;
constinit const CommandSpec explain{.name = "explain",
                                    .help = "Explain what Hakem does and why",
                                    .group = CommandGroup::kAsk,
                                    .bind = nullptr};

}  // namespace hakem::cli
