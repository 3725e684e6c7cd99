#include "web/server/own_sockets.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cstdlib>
#include <filesystem>
#include <optional>

#include "web/server/descriptor.h"

namespace hakem::web {
namespace {

/// The port a TCP socket is bound to; nothing for any other descriptor.
std::optional<std::uint16_t> LocalPort(int fd) {
  sockaddr_storage address{};
  socklen_t length = sizeof(address);
  int type = 0;
  socklen_t type_length = sizeof(type);
  if (getsockname(fd, reinterpret_cast<sockaddr*>(&address), &length) != 0 ||
      getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &type_length) != 0 || type != SOCK_STREAM) {
    return std::nullopt;
  }
  switch (address.ss_family) {
    case AF_INET:
      return ntohs(reinterpret_cast<const sockaddr_in*>(&address)->sin_port);
    case AF_INET6:
      return ntohs(reinterpret_cast<const sockaddr_in6*>(&address)->sin6_port);
    default:
      return std::nullopt;
  }
}

bool IsListening(int fd) {
  int listening = 0;
  socklen_t length = sizeof(listening);
  return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &length) == 0 && listening != 0;
}

}  // namespace

/// A duplicate of each descriptor is looked at and shut, so that one which is closed and used anew
/// meanwhile does no harm to a stranger.
void ShutConnections(std::uint16_t port, int how) {
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd", ignored)) {
    const int fd = std::atoi(entry.path().filename().c_str());
    const Descriptor held(fcntl(fd, F_DUPFD_CLOEXEC, 0));
    if (held.get() >= 0 && LocalPort(held.get()) == port &&
        (how != SHUT_RD || !IsListening(held.get()))) {
      shutdown(held.get(), how);
    }
  }
}

}  // namespace hakem::web
