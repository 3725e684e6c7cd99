#include "web/server/client_watch.h"

#include <poll.h>

#include <utility>

#include "model/clock.h"

namespace hakem::web {
namespace {

constexpr Duration kPatience = std::chrono::milliseconds(100);

}  // namespace

ClientWatch::ClientWatch(std::uint16_t port, Peer client)
    : port_(port), client_(std::move(client)), begin_(SystemClock().SteadyNow()) {}

bool ClientWatch::Gone() {
  if (SystemClock().SteadyNow() - begin_ < kPatience) {
    return false;
  }
  if (!socket_) {
    socket_ = FindConnection(port_, client_);
  }
  pollfd state{.fd = socket_->get(), .events = POLLRDHUP, .revents = 0};
  return *socket_ && poll(&state, 1, 0) == 1;
}

}  // namespace hakem::web
