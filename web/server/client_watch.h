#pragma once

#include <cstdint>
#include <optional>

#include "model/time.h"
#include "web/server/descriptor.h"
#include "web/server/own_sockets.h"

namespace hakem::web {

/// Whether the client of a request is still there. Used by the thread that answers it, while it
/// does.
class ClientWatch {
 public:
  /// The connection's ends: the server's port and the client.
  ClientWatch(std::uint16_t port, Peer client);

  /// False during the first 100 ms: most requests are answered by then, and never pay for it.
  bool Gone();

 private:
  const std::uint16_t port_;
  const Peer client_;
  const SteadyTime begin_;
  std::optional<Descriptor> socket_;  ///< Once it was looked for.
};

}  // namespace hakem::web
