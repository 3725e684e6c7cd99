#include "web/gateway/listener.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cctype>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <utility>

namespace hakem::web {
namespace {

constexpr int kBacklog = 4096;  // The system's own limit is often lower.

sockaddr_storage SocketAddress(const ListenAddress& address, int family) {
  sockaddr_storage storage{};
  storage.ss_family = static_cast<sa_family_t>(family);
  if (family == AF_INET6) {
    auto& ipv6 = reinterpret_cast<sockaddr_in6&>(storage);
    ipv6.sin6_port = htons(address.port);
    inet_pton(family, address.host.empty() ? "::" : address.host.c_str(), &ipv6.sin6_addr);
  } else {
    auto& ipv4 = reinterpret_cast<sockaddr_in&>(storage);
    ipv4.sin_port = htons(address.port);
    inet_pton(family, address.host.empty() ? "0.0.0.0" : address.host.c_str(), &ipv4.sin_addr);
  }
  return storage;
}

/// Returns no descriptor, and sets errno, on failure.
Descriptor Listen(const ListenAddress& address, int family) {
  Descriptor listener(socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  const int on = 1;
  const int only_ipv6 = !address.host.empty() && address.host != "::" ? 1 : 0;
  const sockaddr_storage bound = SocketAddress(address, family);
  const socklen_t length = family == AF_INET6 ? sizeof(sockaddr_in6) : sizeof(sockaddr_in);
  const bool listens =
      listener && setsockopt(listener.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) == 0 &&
      (family != AF_INET6 ||
       setsockopt(listener.get(), IPPROTO_IPV6, IPV6_V6ONLY, &only_ipv6, sizeof(only_ipv6)) == 0) &&
      bind(listener.get(), reinterpret_cast<const sockaddr*>(&bound), length) == 0 &&
      listen(listener.get(), kBacklog) == 0;
  return listens ? std::move(listener) : Descriptor();
}

Descriptor ListenAnywhere(const ListenAddress& address) {
  if (!address.host.empty()) {
    return Listen(address, address.is_ipv6() ? AF_INET6 : AF_INET);
  }
  Descriptor listener = Listen(address, AF_INET6);
  const bool has_no_ipv6 = errno == EAFNOSUPPORT || errno == EADDRNOTAVAIL;
  return !listener && has_no_ipv6 ? Listen(address, AF_INET) : std::move(listener);
}

/// `10.1.2.3`, also if the client came by a socket of IPv6.
std::string AddressText(const sockaddr_storage& address) {
  constexpr std::string_view kMapped = "::ffff:";
  char text[INET6_ADDRSTRLEN] = "";
  if (address.ss_family == AF_INET6) {
    inet_ntop(AF_INET6, &reinterpret_cast<const sockaddr_in6&>(address).sin6_addr, text,
              sizeof(text));
  } else {
    inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in&>(address).sin_addr, text, sizeof(text));
  }
  const std::string_view whole = text;
  const bool is_mapped = whole.starts_with(kMapped) && whole.find('.') != whole.npos;
  return std::string(is_mapped ? whole.substr(kMapped.size()) : whole);
}

}  // namespace

Result<Descriptor> Listen(const ListenAddress& address) {
  Descriptor listener = ListenAnywhere(address);
  if (!listener) {
    std::string cause = std::strerror(errno);
    cause.front() = static_cast<char>(std::tolower(static_cast<unsigned char>(cause.front())));
    return Fail(ErrorCode::kInvalidInput,
                fmt::format("listen on {}: {}; choose another with --web.listen-address",
                            FormatListenAddress(address), cause));
  }
  return listener;
}

std::uint16_t PortOf(const Descriptor& socket) {
  sockaddr_storage address{};
  socklen_t length = sizeof(address);
  getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &length);
  return ntohs(address.ss_family == AF_INET6 ? reinterpret_cast<sockaddr_in6&>(address).sin6_port
                                             : reinterpret_cast<sockaddr_in&>(address).sin_port);
}

Accepted AcceptClient(const Descriptor& listener) {
  sockaddr_storage address{};
  socklen_t length = sizeof(address);
  Accepted accepted{Descriptor(accept4(listener.get(), reinterpret_cast<sockaddr*>(&address),
                                       &length, SOCK_NONBLOCK | SOCK_CLOEXEC)),
                    {}};
  if (accepted.socket) {
    const int on = 1;
    setsockopt(accepted.socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    accepted.address = AddressText(address);
  }
  return accepted;
}

}  // namespace hakem::web
