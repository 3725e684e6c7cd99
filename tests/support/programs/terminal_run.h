#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace hakem {

/// A reply that is typed at the terminal when a prompt appears.
struct Reply {
  std::string prompt;                    ///< The prompt, or a part of it.
  std::string typed;                     ///< Without the newline.
  std::function<void()> meanwhile = {};  ///< Called before the reply is typed; may be empty.
};

/// How a run at a terminal ended.
struct TerminalRun {
  int status = -1;     ///< -1 if it was killed, or a prompt did not appear within 20 s.
  std::string screen;  ///< All output, with \r\n.
};

/// Runs build/…/hakem at a new terminal and types the replies in order.
TerminalRun RunHakemAtTerminal(const std::vector<std::string>& arguments,
                               const std::map<std::string, std::string>& environment,
                               const std::vector<Reply>& replies);

}  // namespace hakem
