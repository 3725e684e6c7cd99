#pragma once

#include <string>
#include <string_view>

namespace hakem {

/// The absolute path of a file of the repository: SourcePath("docs/collectors.md").
std::string SourcePath(std::string_view file);

/// The program that was built: build/<preset>/…/hakem; or the one that $HAKEM_PROGRAM names.
std::string HakemProgram();

/// Where the real Prometheus and its family are unpacked.
std::string PeersFolder();

/// The shared object that sets a program's clock when it is preloaded (clock_shim.cpp).
std::string ClockShim();

}  // namespace hakem
