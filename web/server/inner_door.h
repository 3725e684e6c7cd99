#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "model/result.h"
#include "web/gateway/exchange.h"
#include "web/http/descriptor.h"

namespace hakem::web {

/// Connects to each of the HTTP workers that wait at a port of 127.0.0.1, one for each slot of
/// `exchange`, and makes sure by its secret that they are ours. The connections do not block.
/// Errors: kUnavailable: a worker did not answer.
Result<std::vector<Descriptor>> ConnectToWorkers(std::uint16_t port, const Exchange& exchange);

/// Shuts the port for good: in place of the socket that listens there, whoever owns it waits for an
/// event that comes with Wake(). Nobody can connect any more.
class ShutDoor {
 public:
  /// Errors: kUnavailable: no descriptor; nothing listens there.
  static Result<ShutDoor> Shut(std::uint16_t port);

  /// Ends the wait of the socket's owner, so that it sees that it is to stop.
  void Wake() const;

 private:
  ShutDoor(Descriptor event, Descriptor socket)
      : event_(std::move(event)), socket_(std::move(socket)) {}

  Descriptor event_;
  Descriptor socket_;  ///< The one that listened.
};

}  // namespace hakem::web
