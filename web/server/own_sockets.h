#pragma once

#include <cstdint>
#include <string>

#include "web/server/descriptor.h"

namespace hakem::web {

/// Shuts this process' TCP sockets that are bound to `port`, as shutdown(2) says by `how`: it wakes
/// the threads that wait on a server's connections, which CivetWeb polls in slices of 2 s and does
/// not tell us. The one that listens is spared while clients may still be answered (SHUT_RD).
void ShutConnections(std::uint16_t port, int how);

/// The far end of a connection.
struct Peer {
  std::string address;  ///< `127.0.0.1`
  std::uint16_t port = 0;

  bool operator==(const Peer&) const = default;
};

/// A duplicate of the socket that is bound to `port` and connected to the peer; empty when there is
/// none.
Descriptor FindConnection(std::uint16_t port, const Peer& peer);

}  // namespace hakem::web
