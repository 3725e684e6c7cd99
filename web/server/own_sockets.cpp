#include "web/server/own_sockets.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <utility>

namespace hakem::web {
namespace {

/// getsockname or getpeername.
using EndOf = int (*)(int, sockaddr*, socklen_t*);

/// One end of a TCP socket; nothing for any other descriptor.
std::optional<Peer> ReadEnd(int fd, EndOf end_of) {
  sockaddr_storage address{};
  socklen_t length = sizeof(address);
  int type = 0;
  socklen_t type_length = sizeof(type);
  if (end_of(fd, reinterpret_cast<sockaddr*>(&address), &length) != 0 ||
      getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &type_length) != 0 || type != SOCK_STREAM) {
    return std::nullopt;
  }
  std::array<char, INET6_ADDRSTRLEN> text{};
  const auto* const v4 = reinterpret_cast<const sockaddr_in*>(&address);
  const auto* const v6 = reinterpret_cast<const sockaddr_in6*>(&address);
  switch (address.ss_family) {
    case AF_INET:
      return Peer{inet_ntop(AF_INET, &v4->sin_addr, text.data(), text.size()), ntohs(v4->sin_port)};
    case AF_INET6:
      return Peer{inet_ntop(AF_INET6, &v6->sin6_addr, text.data(), text.size()),
                  ntohs(v6->sin6_port)};
    default:
      return std::nullopt;
  }
}

bool IsBoundTo(int fd, std::uint16_t port) {
  const std::optional<Peer> own = ReadEnd(fd, getsockname);
  return own && own->port == port;
}

bool IsListening(int fd) {
  int listening = 0;
  socklen_t length = sizeof(listening);
  return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &length) == 0 && listening != 0;
}

/// Calls `visit` with a duplicate of each descriptor that is a TCP socket bound to `port`, until it
/// returns true. Duplicates, so that one which is closed and used anew meanwhile does no harm to a
/// stranger.
template <typename Visit>
void ForEachSocket(std::uint16_t port, Visit visit) {
  std::error_code ignored;
  for (std::filesystem::directory_iterator entry("/proc/self/fd", ignored), end;
       !ignored && entry != end; entry.increment(ignored)) {
    const int fd = std::atoi(entry->path().filename().c_str());
    Descriptor held(fcntl(fd, F_DUPFD_CLOEXEC, 0));
    if (held && IsBoundTo(held.get(), port) && visit(held)) {
      return;
    }
  }
}

}  // namespace

void ShutConnections(std::uint16_t port, int how) {
  ForEachSocket(port, [how](const Descriptor& socket) {
    if (how != SHUT_RD || !IsListening(socket.get())) {
      shutdown(socket.get(), how);
    }
    return false;
  });
}

Descriptor FindConnection(std::uint16_t port, const Peer& peer) {
  Descriptor found;
  ForEachSocket(port, [&](Descriptor& socket) {
    const bool wanted = ReadEnd(socket.get(), getpeername) == peer;
    if (wanted) {
      found = std::move(socket);
    }
    return wanted;
  });
  return found;
}

}  // namespace hakem::web
