#pragma once

#include <cstdint>

#include "model/time.h"
#include "web/server/descriptor.h"

namespace hakem::web {

/// Whether the client of a request is still there. Used by the thread that answers it, while it
/// does.
class ClientWatch {
 public:
  /// The ports of the connection: the server's and the client's.
  ClientWatch(std::uint16_t port, std::uint16_t client_port);

  /// False during the first 100 ms: most requests are answered by then, and never pay for it.
  bool Gone();

 private:
  const std::uint16_t port_;
  const std::uint16_t client_port_;
  const SteadyTime begin_;
  Descriptor socket_;
};

}  // namespace hakem::web
