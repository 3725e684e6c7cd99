#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "model/result.h"
#include "web/gateway/exchange.h"
#include "web/http/descriptor.h"

namespace hakem::web {

/// Connects to the HTTP workers that listen at a port of 127.0.0.1: one connection for each slot of
/// `exchange`, whose secret proves that the workers are ours. The connections do not block.
/// Errors: kUnavailable: a worker did not answer.
Result<std::vector<Descriptor>> ConnectToWorkers(std::uint16_t port, const Exchange& exchange);

/// Closes CivetWeb's port to newcomers once our own connections are made. Replaces the descriptor
/// of the listening socket by an event, so that CivetWeb, which owns it, sleeps until Wake().
class ClosedPort {
 public:
  /// Errors: kUnavailable: no descriptor; nothing listens there.
  static Result<ClosedPort> Close(std::uint16_t port);

  /// Wakes the owner of the socket, so that it notices that it should stop.
  void Wake() const;

 private:
  ClosedPort(Descriptor event, Descriptor socket)
      : event_(std::move(event)), socket_(std::move(socket)) {}

  Descriptor event_;
  Descriptor socket_;  ///< The socket that listened.
};

}  // namespace hakem::web
