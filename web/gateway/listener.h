#pragma once

#include <cstdint>
#include <string>

#include "model/result.h"
#include "web/http/descriptor.h"
#include "web/http/listen_address.h"

namespace hakem::web {

/// A socket that listens at the address and does not block. Without a host it takes IPv6 and IPv4,
/// where the machine has them. Errors: kInvalidInput: the address is busy or not this machine's.
Result<Descriptor> Listen(const ListenAddress& address);

/// The port that a socket is bound to.
std::uint16_t PortOf(const Descriptor& socket);

/// A client that was accepted: its connection, which does not block, and its address: `10.1.2.3`
/// also when it came by a socket of IPv6. No descriptor, with errno, when there was none.
struct Accepted {
  Descriptor socket;
  std::string address;
};

Accepted AcceptClient(const Descriptor& listener);

}  // namespace hakem::web
