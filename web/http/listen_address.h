#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "model/result.h"

namespace hakem::web {

/// The address at which a server accepts connections.
struct ListenAddress {
  std::string host;  ///< An IPv4 address, an IPv6 address without brackets; "": all interfaces.
  std::uint16_t port = 0;  ///< 0 means any free port.

  bool is_ipv6() const { return host.find(':') != host.npos; }

  bool operator==(const ListenAddress&) const = default;
};

/// Parses `:9187`, `127.0.0.1:9187`, `localhost:9187` or `[::1]:9187`. Errors: kInvalidInput.
Result<ListenAddress> ParseListenAddress(std::string_view text);

/// Formats the address so that ParseListenAddress() can parse it.
std::string FormatListenAddress(const ListenAddress& address);

}  // namespace hakem::web
