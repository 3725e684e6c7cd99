#include "web/server/worker_port.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <optional>
#include <string>
#include <utility>

#include "model/clock.h"

namespace hakem::web {
namespace {

constexpr Duration kPatience = std::chrono::seconds(10);

tl::unexpected<Error> NotStarted(const std::string& cause) {
  return Fail(ErrorCode::kUnavailable, "start the HTTP workers: " + cause);
}

sockaddr_in Loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

/// Connects and sends the wake request. On failure returns no descriptor and sets errno.
Descriptor Connect(std::uint16_t port, const std::string& wake_request) {
  Descriptor worker(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const sockaddr_in address = Loopback(port);
  const int on = 1;
  const bool connected =
      worker &&
      connect(worker.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0 &&
      setsockopt(worker.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) == 0 &&
      fcntl(worker.get(), F_SETFL, O_NONBLOCK) == 0 &&
      send(worker.get(), wake_request.data(), wake_request.size(), MSG_NOSIGNAL) ==
          static_cast<ssize_t>(wake_request.size());
  return connected ? std::move(worker) : Descriptor();
}

/// Waits until the worker has answered. False when it did not before `end`.
bool AwaitSignal(const Descriptor& worker, SteadyTime end) {
  std::string received;
  while (received.size() < Exchange::kSignal.size()) {
    const auto left = std::chrono::duration_cast<Duration>(end - SystemClock().SteadyNow()).count();
    pollfd state{.fd = worker.get(), .events = POLLIN, .revents = 0};
    if (left <= 0 || (poll(&state, 1, static_cast<int>(left)) < 0 && errno != EINTR)) {
      return false;
    }
    std::array<char, 256> bytes{};
    const ssize_t got = recv(worker.get(), bytes.data(), bytes.size(), 0);
    if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) {
      return false;
    }
    received.append(bytes.data(), got > 0 ? static_cast<std::size_t>(got) : 0);
  }
  return received == Exchange::kSignal;
}

bool ListensAt(int fd, std::uint16_t port) {
  int listening = 0;
  socklen_t length = sizeof(listening);
  sockaddr_in address{};
  socklen_t address_length = sizeof(address);
  return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &length) == 0 && listening != 0 &&
         getsockname(fd, reinterpret_cast<sockaddr*>(&address), &address_length) == 0 &&
         address.sin_family == AF_INET && ntohs(address.sin_port) == port &&
         ntohl(address.sin_addr.s_addr) == INADDR_LOOPBACK;
}

/// Searches all descriptors, because CivetWeb has no function that returns its listening socket.
std::optional<int> FindListener(std::uint16_t port) {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  for (int fd = 0; fd < static_cast<int>(limit.rlim_cur); ++fd) {
    if (ListensAt(fd, port)) {
      return fd;
    }
  }
  return std::nullopt;
}

}  // namespace

Result<std::vector<Descriptor>> ConnectToWorkers(std::uint16_t port, const Exchange& exchange) {
  std::vector<Descriptor> workers;
  for (std::size_t i = 0; i < exchange.size(); ++i) {
    workers.push_back(Connect(port, exchange.WakeRequest(i)));
    if (!workers.back()) {
      return NotStarted(std::strerror(errno));
    }
  }
  const SteadyTime end = SystemClock().SteadyNow() + kPatience;
  for (const Descriptor& worker : workers) {
    if (!AwaitSignal(worker, end)) {
      return NotStarted("a worker does not answer");
    }
  }
  return workers;
}

Result<ClosedPort> ClosedPort::Close(std::uint16_t port) {
  Descriptor event(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
  const std::optional<int> listener = FindListener(port);
  Descriptor socket(listener ? fcntl(*listener, F_DUPFD_CLOEXEC, 0) : -1);
  if (!event || !socket || dup3(event.get(), *listener, O_CLOEXEC) < 0) {
    return NotStarted(listener ? std::strerror(errno) : "its socket was not found");
  }
  shutdown(socket.get(), SHUT_RDWR);
  return ClosedPort(std::move(event), std::move(socket));
}

void ClosedPort::Wake() const {
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = write(event_.get(), &one, sizeof(one));
  // A poll(2) that began before the descriptor was replaced still sleeps at the socket.
  shutdown(socket_.get(), SHUT_RDWR);
}

}  // namespace hakem::web
