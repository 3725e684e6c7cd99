#include "web/gateway/acceptor.h"

#include <fcntl.h>
#include <sys/epoll.h>

#include <cerrno>
#include <utility>

namespace hakem::web {
namespace {

constexpr Duration kPause = std::chrono::milliseconds(100);

Descriptor OpenSpare() {
  return Descriptor(open("/dev/null", O_RDONLY | O_CLOEXEC));
}

}  // namespace

Acceptor::Acceptor(Descriptor listener, const Descriptor& epoll, std::uint64_t tag)
    : listener_(std::move(listener)), epoll_(epoll), tag_(tag), spare_(OpenSpare()) {
  Watch();
}

Acceptor::Attempt Acceptor::Accept() {
  Accepted client = AcceptClient(listener_);
  if (client.socket) {
    return {Outcome::kAccepted, std::move(client)};
  }
  switch (errno) {
    case EINTR:
    case ECONNABORTED:
      return {Outcome::kTryAgain, {}};
    case EMFILE:
    case ENFILE:
      return {Outcome::kNoDescriptor, {}};
    case EAGAIN:
      return {Outcome::kNobody, {}};
    default:
      return {Outcome::kFailed, {}};
  }
}

bool Acceptor::RefuseClient() {
  spare_ = Descriptor();
  const bool accepted = static_cast<bool>(AcceptClient(listener_).socket);
  spare_ = OpenSpare();
  return accepted;
}

void Acceptor::Pause(SteadyTime now) {
  epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, listener_.get(), nullptr);
  is_watched_ = false;
  resume_at_ = now + kPause;
}

void Acceptor::Resume(SteadyTime now) {
  if (!is_watched_ && now >= resume_at_ && listener_) {
    Watch();
  }
}

void Acceptor::Close() {
  listener_ = Descriptor();
}

void Acceptor::Watch() {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = tag_;
  epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, listener_.get(), &event);
  is_watched_ = true;
}

}  // namespace hakem::web
