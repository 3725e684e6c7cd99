#include "web/http/listen_address.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <charconv>

namespace hakem::web {
namespace {

tl::unexpected<Error> NotAnAddress(std::string_view text, std::string_view cause) {
  return Fail(ErrorCode::kInvalidInput,
              fmt::format("listen address \"{}\": {}; write HOST:PORT, as 127.0.0.1:9187 or :9187",
                          text, cause));
}

bool IsAddress(int family, const std::string& host) {
  in6_addr storage{};
  return inet_pton(family, host.c_str(), &storage) == 1;
}

}  // namespace

Result<ListenAddress> ParseListenAddress(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == text.npos) {
    return NotAnAddress(text, "there is no port");
  }
  const std::string_view port = text.substr(colon + 1);
  const char* const end = port.data() + port.size();
  ListenAddress address;
  const auto parsed = std::from_chars(port.data(), end, address.port);
  if (parsed.ec != std::errc() || parsed.ptr != end) {
    return NotAnAddress(text, fmt::format("the port \"{}\" is no number from 0 to 65535", port));
  }
  address.host = text.substr(0, colon);
  if (address.host.starts_with('[') && address.host.ends_with(']')) {
    address.host = address.host.substr(1, address.host.size() - 2);
    return IsAddress(AF_INET6, address.host)
               ? Result<ListenAddress>(address)
               : NotAnAddress(text, fmt::format("\"{}\" is no IPv6 address", address.host));
  }
  if (address.host == "localhost") {
    address.host = "127.0.0.1";
  }
  if (!address.host.empty() && !IsAddress(AF_INET, address.host)) {
    return NotAnAddress(text, fmt::format("\"{}\" is no IP address", address.host));
  }
  return address;
}

std::string FormatListenAddress(const ListenAddress& address) {
  return address.is_ipv6() ? fmt::format("[{}]:{}", address.host, address.port)
                           : fmt::format("{}:{}", address.host, address.port);
}

}  // namespace hakem::web
