#include "tests/support/paths.h"

#include <fmt/format.h>

#include <cstdlib>

namespace hakem {

std::string SourcePath(std::string_view file) {
  return fmt::format("{}/{}", HAKEM_SOURCE_DIR, file);
}

std::string HakemProgram() {
  const char* other = std::getenv("HAKEM_PROGRAM");
  return other != nullptr ? other : HAKEM_PROGRAM;
}

std::string PeersFolder() {
  return HAKEM_PEERS_DIR;
}

std::string ClockShim() {
  return HAKEM_CLOCK_SHIM;
}

}  // namespace hakem
