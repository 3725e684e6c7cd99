#pragma once

#include <cstdint>
#include <string>

#include "model/result.h"
#include "web/http/descriptor.h"
#include "web/http/listen_address.h"

namespace hakem::web {

/// Opens a socket that listens at the address and does not block. Without a host it accepts IPv6
/// and IPv4, as far as the machine has them. Errors: kInvalidInput: the address is busy or not this
/// machine's.
Result<Descriptor> Listen(const ListenAddress& address);

/// The port that a socket is bound to.
std::uint16_t PortOf(const Descriptor& socket);

/// A client that was accepted.
struct Accepted {
  Descriptor socket;    ///< Does not block.
  std::string address;  ///< `10.1.2.3`, also if the client came by a socket of IPv6.
};

/// Accepts a client. Without one, `socket` is empty and errno says why.
Accepted AcceptClient(const Descriptor& listener);

}  // namespace hakem::web
