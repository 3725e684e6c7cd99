#include "tests/support/programs/peers.h"

#include <fmt/format.h>

#include "tests/support/paths.h"

namespace hakem {

std::string PeerPath(std::string_view program) {
  return fmt::format("{}/usr/bin/{}", PeersFolder(), program);
}

PeerOutput RunPeer(std::string_view program, const std::vector<std::string_view>& arguments) {
  std::string command =
      fmt::format("cd {} && exec {}", ShellWord(SourcePath("")), ShellWord(PeerPath(program)));
  for (const std::string_view argument : arguments) {
    command += fmt::format(" {}", ShellWord(argument));
  }
  return RunShell(command);
}

}  // namespace hakem
