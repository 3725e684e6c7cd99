#include "tests/support/http/tcp_proxy.h"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <set>
#include <utility>
#include <vector>

#include "model/check.h"

namespace hakem {
namespace {

/// How often the thread checks whether to stop.
constexpr int kLookEveryMilliseconds = 10;

sockaddr_in Loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

int NewSocket() {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  HAKEM_CHECK(fd >= 0);
  return fd;
}

/// The two ends of a forwarded connection have the indexes 2n and 2n + 1.
class Connections {
 public:
  explicit Connections(const TcpProxy::Rewrite& rewrite) : rewrite_(rewrite) {}

  Connections(const Connections&) = delete;
  Connections& operator=(const Connections&) = delete;

  ~Connections() {
    for (const pollfd& end : ends_) {
      close(end.fd);
    }
  }

  void Add(int accepted, int target_port) {
    const int target = NewSocket();
    const sockaddr_in address = Loopback(target_port);
    if (connect(target, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
      close(target);
      close(accepted);
      return;
    }
    ends_.push_back({.fd = accepted, .events = POLLIN, .revents = 0});
    ends_.push_back({.fd = target, .events = POLLIN, .revents = 0});
    rewritten_.insert(target);  // Bytes from the server are not rewritten.
  }

  void Forward() {
    poll(ends_.data(), ends_.size(), 0);
    for (std::size_t i = 0; i < ends_.size(); ++i) {
      if (ends_[i].revents != 0) {
        Pass(ends_[i], ends_[i ^ 1U]);
      }
    }
  }

 private:
  void Pass(pollfd& from, const pollfd& to) {
    std::array<char, 65536> buffer{};
    const ssize_t got = read(from.fd, buffer.data(), buffer.size());
    if (got > 0) {
      std::string bytes(buffer.data(), static_cast<std::size_t>(got));
      if (rewrite_ && rewritten_.insert(from.fd).second) {
        bytes = rewrite_(std::move(bytes));
      }
      send(to.fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    } else {
      shutdown(to.fd, SHUT_WR);
      from.events = 0;
    }
  }

  const TcpProxy::Rewrite& rewrite_;
  std::vector<pollfd> ends_;
  std::set<int> rewritten_;  ///< Ends whose first bytes have been passed.
};

}  // namespace

TcpProxy::TcpProxy(int target_port, Rewrite rewrite)
    : target_port_(target_port), rewrite_(std::move(rewrite)), listener_(NewSocket()) {
  sockaddr_in address = Loopback(0);
  socklen_t length = sizeof(address);
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  HAKEM_CHECK(bind(listener_, generic, length) == 0 && listen(listener_, 16) == 0 &&
              getsockname(listener_, generic, &length) == 0);
  port_ = ntohs(address.sin_port);
  thread_ = std::jthread([this](const std::stop_token& stop) { Run(stop); });
}

TcpProxy::~TcpProxy() {
  thread_.request_stop();
  thread_.join();
  close(listener_);
}

void TcpProxy::Run(const std::stop_token& stop) {
  Connections connections(rewrite_);
  while (!stop.stop_requested()) {
    pollfd incoming{.fd = listener_, .events = POLLIN, .revents = 0};
    if (forwarding_) {
      poll(&incoming, 1, 1);
      connections.Forward();
    } else {
      poll(&incoming, 1, kLookEveryMilliseconds);
    }
    if ((incoming.revents & POLLIN) != 0) {
      connections.Add(accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC), target_port_);
    }
  }
}

}  // namespace hakem
