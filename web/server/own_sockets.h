#pragma once

#include <cstdint>

namespace hakem::web {

/// Shuts this process' TCP sockets that are bound to `port`, as shutdown(2) says by `how`: it wakes
/// the threads that wait on a server's connections, which CivetWeb polls in slices of 2 s and does
/// not tell us. The one that listens is spared while clients may still be answered (SHUT_RD).
void ShutConnections(std::uint16_t port, int how);

}  // namespace hakem::web
