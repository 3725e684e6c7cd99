#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tests/support/programs/shell.h"

namespace hakem {

/// The programs Hakem is compared with, as peers.sh unpacks them: "prometheus", "promtool",
/// "prometheus-alertmanager", "amtool", "prometheus-postgres-exporter". A test that includes this
/// header needs the ctest fixture `peers`, which tests/CMakeLists.txt gives it.
std::string PeerPath(std::string_view program);

using PeerOutput = ShellOutput;

/// Runs a peer to its end in the source tree's root.
PeerOutput RunPeer(std::string_view program, const std::vector<std::string_view>& arguments);

}  // namespace hakem
