#include "tests/support/paths.h"

#include <fmt/format.h>

namespace hakem {

std::string SourcePath(std::string_view file) {
  return fmt::format("{}/{}", HAKEM_SOURCE_DIR, file);
}

std::string HakemProgram() {
  return HAKEM_PROGRAM;
}

std::string PeersFolder() {
  return HAKEM_PEERS_DIR;
}

}  // namespace hakem
