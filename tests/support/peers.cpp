#include "tests/support/peers.h"

#include <fmt/format.h>
#include <sys/wait.h>

#include <array>
#include <cstdio>

#include "tests/support/paths.h"

namespace hakem {
namespace {

/// The text as one word of a shell command.
std::string Quoted(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text) {
    quoted += c == '\'' ? "'\\''" : std::string(1, c);
  }
  return quoted + "'";
}

}  // namespace

std::string PeerPath(std::string_view program) {
  return fmt::format("{}/usr/bin/{}", PeersFolder(), program);
}

PeerOutput RunPeer(std::string_view program, const std::vector<std::string_view>& arguments) {
  std::string command =
      fmt::format("cd {} && exec {}", Quoted(SourcePath("")), Quoted(PeerPath(program)));
  for (const std::string_view argument : arguments) {
    command += fmt::format(" {}", Quoted(argument));
  }
  command += " 2>&1";
  PeerOutput output;
  std::FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) {
    output.text = "cannot start a shell";
    return output;
  }
  std::array<char, 4096> buffer;
  for (std::size_t n = 0; (n = std::fread(buffer.data(), 1, buffer.size(), pipe)) > 0;) {
    output.text.append(buffer.data(), n);
  }
  const int status = pclose(pipe);
  output.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return output;
}

}  // namespace hakem
