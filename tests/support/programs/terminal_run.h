#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace hakem {

/// What somebody at a terminal types once they see a prompt.
struct Reply {
  std::string prompt;                    ///< Or a part of it.
  std::string typed;                     ///< Without the newline.
  std::function<void()> meanwhile = {};  ///< What happens while they think, if anything.
};

/// How a run at a terminal ended.
struct TerminalRun {
  int status = -1;     ///< -1: it did not end by itself, or a prompt did not come within 20 s.
  std::string screen;  ///< All that was to be seen, with \r\n.
};

/// Runs build/…/hakem at a terminal of its own and types the replies in their order.
TerminalRun RunHakemAtTerminal(const std::vector<std::string>& arguments,
                               const std::map<std::string, std::string>& environment,
                               const std::vector<Reply>& replies);

}  // namespace hakem
