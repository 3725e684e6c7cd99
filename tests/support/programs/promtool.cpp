#include "tests/support/programs/promtool.h"

#include <fmt/format.h>

#include <cstdlib>

#include "tests/support/programs/peers.h"
#include "tests/support/programs/shell.h"

namespace hakem {

Promtool FindPromtool() {
  const char* tree = std::getenv("HAKEM_ORACLE_TREE");  // NOLINT(concurrency-mt-unsafe)
  const std::string path =
      tree == nullptr ? PeerPath("promtool") : fmt::format("{}/usr/bin/promtool", tree);
  const ShellOutput version = RunShell(fmt::format("{} --version", ShellWord(path)));
  return {.path = path, .is_new = version.text.find("version 2.") == std::string::npos};
}

}  // namespace hakem
