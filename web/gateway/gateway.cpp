#include "web/gateway/gateway.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <exception>
#include <utility>

#include "model/clock.h"

namespace hakem::web {
namespace {

constexpr int kBacklog = 256;
constexpr Duration kTick = std::chrono::milliseconds(500);  // Between looks at what is overdue.
constexpr Duration kStoppingTick = std::chrono::milliseconds(10);
constexpr Duration kGrace = std::chrono::milliseconds(200);

SteadyTime Now() {
  return SystemClock().SteadyNow();
}

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

/// A socket that listens; none, with errno, when it cannot.
Descriptor Listen(const GatewayOptions& options, int family) {
  Descriptor listener(socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  const int on = 1;
  const std::string& host = options.address.host;
  const int only_ipv6 = options.only_ipv6 || (!host.empty() && host != "::") ? 1 : 0;
  const sockaddr_storage address = SocketAddress(options.address, family);
  const socklen_t length = family == AF_INET6 ? sizeof(sockaddr_in6) : sizeof(sockaddr_in);
  const bool listens =
      listener && setsockopt(listener.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) == 0 &&
      (family != AF_INET6 ||
       setsockopt(listener.get(), IPPROTO_IPV6, IPV6_V6ONLY, &only_ipv6, sizeof(only_ipv6)) == 0) &&
      bind(listener.get(), reinterpret_cast<const sockaddr*>(&address), length) == 0 &&
      listen(listener.get(), kBacklog) == 0;
  return listens ? std::move(listener) : Descriptor();
}

/// Without a host IPv6 takes IPv4 in too, where the machine has it.
Descriptor Listen(const GatewayOptions& options) {
  if (!options.address.host.empty()) {
    return Listen(options, options.address.is_ipv6() ? AF_INET6 : AF_INET);
  }
  Descriptor listener = Listen(options, AF_INET6);
  const bool has_no_ipv6 = errno == EAFNOSUPPORT || errno == EADDRNOTAVAIL;
  return !listener && has_no_ipv6 && !options.only_ipv6 ? Listen(options, AF_INET)
                                                        : std::move(listener);
}

std::uint16_t PortOf(const Descriptor& listener) {
  sockaddr_storage address{};
  socklen_t length = sizeof(address);
  getsockname(listener.get(), reinterpret_cast<sockaddr*>(&address), &length);
  return ntohs(address.ss_family == AF_INET6 ? reinterpret_cast<sockaddr_in6&>(address).sin6_port
                                             : reinterpret_cast<sockaddr_in&>(address).sin_port);
}

/// `10.1.2.3`, also when it came by a socket of IPv6.
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

pollfd Watch(int fd, short events) {
  return {.fd = events != 0 ? fd : -1, .events = events, .revents = 0};
}

}  // namespace

Result<std::unique_ptr<Gateway>> Gateway::Open(const GatewayOptions& options, ClientTable& clients,
                                               const Logger& log) {
  Descriptor listener = Listen(options);
  if (!listener) {
    std::string cause = std::strerror(errno);
    cause.front() = static_cast<char>(std::tolower(static_cast<unsigned char>(cause.front())));
    return Fail(ErrorCode::kInvalidInput,
                fmt::format("listen on {}: {}; choose another with --web.listen-address",
                            FormatListenAddress(options.address), cause));
  }
  return std::unique_ptr<Gateway>(new Gateway(options, clients, log, std::move(listener)));
}

Gateway::Gateway(GatewayOptions options, ClientTable& clients, Logger log, Descriptor listener)
    : options_(std::move(options)),
      clients_(clients),
      log_(std::move(log)),
      wakeup_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)),
      port_(PortOf(listener)),
      listener_(std::move(listener)),
      thread_([this](const std::stop_token& stop) { Run(stop); }) {}

Gateway::~Gateway() {
  thread_.request_stop();
  Wake();
  thread_.join();
}

void Gateway::StopAccepting() {
  accepting_ = false;
  Wake();
}

void Gateway::Wake() const {
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = write(wakeup_.get(), &one, sizeof(one));
}

void Gateway::Run(const std::stop_token& stop) {
  // OpenSSL writes with write(2), which would end the process when a client has gone.
  sigset_t pipe;
  sigemptyset(&pipe);
  sigaddset(&pipe, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &pipe, nullptr);
  SteadyTime end = SteadyTime::max();
  while (Now() < end) {
    const bool stopping = stop.stop_requested();
    if (stopping && end == SteadyTime::max()) {
      end = Now() + kGrace;
    }
    if (!accepting_ || stopping) {
      listener_ = Descriptor();
    }
    Wait(stopping ? kStoppingTick : kTick);
    try {
      Accept(Now());
    } catch (const std::exception& exception) {
      log_.Error("accepting a client failed", {{"error", exception.what()}});
    }
    const SteadyTime now = Now();
    std::erase_if(connections_, [&](const Entry& entry) {
      return (entry.is_ready && !entry.connection->Advance(now)) ||
             entry.connection->IsOverdue(now) || (stopping && !entry.connection->is_served());
    });
    if (stopping && connections_.empty()) {
      return;
    }
  }
  connections_.clear();
}

/// Until a socket is ready, Wake was called, or `limit` has passed.
void Gateway::Wait(Duration limit) {
  std::vector<pollfd> watched{Watch(wakeup_.get(), POLLIN),
                              Watch(listener_.get(), listener_ ? POLLIN : short{0})};
  for (const Entry& entry : connections_) {
    const GatewayConnection& connection = *entry.connection;
    watched.push_back(Watch(connection.client_fd(), connection.client_events()));
    watched.push_back(Watch(connection.server_fd(), connection.server_events()));
  }
  poll(watched.data(), watched.size(), static_cast<int>(limit.count()));
  std::uint64_t woken = 0;
  [[maybe_unused]] const ssize_t read_bytes = read(wakeup_.get(), &woken, sizeof(woken));
  listener_is_ready_ = (watched[1].revents & POLLIN) != 0;
  for (std::size_t i = 0; i < connections_.size(); ++i) {
    connections_[i].is_ready = watched[2 + 2 * i].revents != 0 || watched[3 + 2 * i].revents != 0;
  }
}

void Gateway::Accept(SteadyTime now) {
  while (listener_is_ready_) {
    sockaddr_storage address{};
    socklen_t length = sizeof(address);
    Descriptor client(accept4(listener_.get(), reinterpret_cast<sockaddr*>(&address), &length,
                              SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (!client) {
      listener_is_ready_ = errno == EINTR || errno == ECONNABORTED;
      if (errno == EMFILE || errno == ENFILE) {  // It stays ready: do not ask without a pause.
        log_.Warn("no descriptor is left for a client", {{"connections", connections_.size()}});
        SystemClock().SleepUntil(Now() + kStoppingTick, {});
      }
      continue;
    }
    const int on = 1;
    setsockopt(client.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    if (MakeRoom()) {
      connections_.push_back({std::make_unique<GatewayConnection>(
          std::move(client), Client{.address = AddressText(address)},
          options_.tls ? options_.tls() : nullptr, options_.inner_port, clients_, now)});
    }
  }
}

bool Gateway::MakeRoom() {
  if (connections_.size() < kMostConnections) {
    return true;
  }
  const auto waiting =
      std::find_if(connections_.begin(), connections_.end(),
                   [](const Entry& entry) { return !entry.connection->is_served(); });
  if (waiting == connections_.end()) {
    return false;
  }
  connections_.erase(waiting);
  return true;
}

}  // namespace hakem::web
