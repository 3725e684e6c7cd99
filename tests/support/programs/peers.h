#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tests/support/programs/shell.h"

namespace hakem {

/// The programs that Hakem is compared with, unpacked by peers.sh: "prometheus", "promtool",
/// "prometheus-alertmanager", "amtool", "prometheus-postgres-exporter". A test that includes this
/// header needs the ctest fixture `peers`, which tests/CMakeLists.txt gives it.
std::string PeerPath(std::string_view program);

using PeerOutput = ShellOutput;

/// Runs a peer in the root of the source tree and waits for its end.
PeerOutput RunPeer(std::string_view program, const std::vector<std::string_view>& arguments);

}  // namespace hakem
