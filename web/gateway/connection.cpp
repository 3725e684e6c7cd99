#include "web/gateway/connection.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <string_view>
#include <utility>

namespace hakem::web {
namespace {

constexpr int kMostReadsAtOnce = 8;  // Then it is the others' turn.
constexpr std::size_t kMostWrittenAtOnce = 1 << 20;
constexpr std::size_t kPlainBytes = 1 << 10;
constexpr std::size_t kTlsBytes = 32 << 10;  // With what OpenSSL keeps.
constexpr char kTlsHandshake = 0x16;         // The first byte of whoever speaks TLS.
constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

bool WouldBlock() {
  return errno == EAGAIN || errno == EINTR;
}

}  // namespace

Connection::Connection(std::uint64_t id, Descriptor socket, std::unique_ptr<Channel> channel,
                       Client client, const RequestLimits& limits, const Patience& patience,
                       SteadyTime now)
    : id_(id),
      socket_(std::move(socket)),
      channel_(std::move(channel)),
      patience_(patience),
      client_(std::move(client)),
      since_(now),
      deadline_(now + patience.first_byte),
      parser_(limits),
      tls_seen_(!channel_->is_encrypted()) {}

void Connection::Enter(Stage stage, SteadyTime now, Duration patience) {
  stage_ = stage;
  since_ = now;
  deadline_ = now + patience;
}

Connection::Need Connection::Advance(SteadyTime now, std::span<char> scratch) {
  Step step = Step::kGoOn;
  while (step == Step::kGoOn) {
    switch (stage_) {
      case Stage::kGreeting:
        step = Greet(now);
        break;
      case Stage::kReading:
        if (const std::optional<Need> need = Read(now, scratch)) {
          return *need;
        }
        break;
      case Stage::kWriting:
        step = Write(now);
        break;
      case Stage::kFarewell:
        step = SayFarewell(scratch);
        break;
      case Stage::kJudging:
      case Stage::kQueued:
      case Stage::kRunning:
        return Need::kSocket;
    }
  }
  return step == Step::kBlocked ? Need::kSocket : Need::kEnd;
}

Connection::Step Connection::Greet(SteadyTime now) {
  if (!tls_seen_) {
    const Step looked = LooksLikeTls(now);
    if (looked != Step::kGoOn || stage_ != Stage::kGreeting) {
      return looked;
    }
  }
  const Progress progress = channel_->Greet();
  read_crossed_ = channel_->crossed();
  if (progress == Progress::kDone) {
    client_.encrypted = channel_->is_encrypted();
    client_.authenticated = channel_->is_verified();
    stage_ = Stage::kReading;  // Within the time of the first byte.
    // A client whose system waits for the acknowledgement of its last message before it sends the
    // request need not wait 40 ms for it.
    const int on = 1;
    setsockopt(socket_.get(), IPPROTO_TCP, TCP_QUICKACK, &on, sizeof(on));
    return Step::kGoOn;
  }
  return progress == Progress::kBlocked ? Step::kBlocked : Step::kEnd;
}

/// Who speaks plain HTTP to a port of HTTPS is told so.
Connection::Step Connection::LooksLikeTls(SteadyTime now) {
  constexpr std::string_view kNotTls =
      "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\n"
      "Content-Length: 59\r\nConnection: close\r\n\r\n"
      "this port speaks HTTPS: write https:// in place of http://\n";
  char first = 0;
  const ssize_t got = recv(socket_.get(), &first, 1, MSG_PEEK);
  if (got < 0 && WouldBlock()) {
    return Step::kBlocked;
  }
  tls_seen_ = got == 1 && first == kTlsHandshake;
  if (got == 1 && !tls_seen_) {
    send(socket_.get(), kNotTls.data(), kNotTls.size(), MSG_NOSIGNAL);
    shutdown(socket_.get(), SHUT_WR);
    Enter(Stage::kFarewell, now, patience_.farewell);
  }
  return got == 1 ? Step::kGoOn : Step::kEnd;
}

/// Nothing: go on at the next stage.
std::optional<Connection::Need> Connection::Read(SteadyTime now, std::span<char> scratch) {
  std::optional<Need> need = Parse(now, {});
  for (int reads = 0; reads < kMostReadsAtOnce && !need; ++reads) {
    std::size_t count = 0;
    const Progress progress = channel_->Read(scratch, count);
    read_crossed_ = progress == Progress::kBlocked && channel_->crossed();
    if (progress != Progress::kDone) {
      return progress == Progress::kBlocked ? Need::kSocket : Need::kEnd;
    }
    need = Parse(now, {scratch.data(), count});
  }
  return need.value_or(Need::kSocket);
}

/// Parses what was kept, and then `fresh`. Nothing when more must come. Requires: `fresh` is empty
/// unless nothing was kept.
std::optional<Connection::Need> Connection::Parse(SteadyTime now, std::string_view fresh) {
  const bool had_begun = parser_.has_begun();
  const bool had_head = parser_.stage() != RequestParser::Stage::kHead;
  if (unread_.empty()) {
    unread_ = fresh.substr(parser_.Take(fresh));
  } else {
    unread_ = unread_.substr(parser_.Take(unread_));
  }
  if (!had_begun && parser_.has_begun()) {
    Enter(Stage::kReading, now, patience_.request);
    request_deadline_ = deadline_;
  }
  switch (parser_.stage()) {
    case RequestParser::Stage::kHead:
      return std::nullopt;
    case RequestParser::Stage::kRejected:
      return Need::kRefusal;
    case RequestParser::Stage::kBody:
    case RequestParser::Stage::kWhole:
      break;
  }
  if (!had_head) {
    parser_.request().client = client_;
    is_head_request_ = parser_.request().method == "HEAD";
    Enter(Stage::kJudging, now, patience_.verdict);
    return Need::kVerdict;
  }
  if (parser_.stage() == RequestParser::Stage::kBody) {
    return std::nullopt;
  }
  Enter(Stage::kQueued, now, patience_.worker);
  return Need::kWorker;
}

void Connection::Admit(bool authenticated, SteadyTime now) {
  Request& admitted = parser_.request();
  admitted.client.authenticated = admitted.client.authenticated || authenticated;
  const Duration judged = std::chrono::duration_cast<Duration>(now - since_);
  Enter(Stage::kReading, now, {});
  deadline_ = request_deadline_ + judged;
  if (parser_.expects_continue() && unread_.empty()) {
    const std::array<std::string_view, 1> parts{kContinue};
    std::size_t count = 0;
    channel_->Write(parts, count);  // Nothing else was sent: it fits, or the client waits in vain.
  }
}

void Connection::Ran(SteadyTime now) {
  running_bytes_ = parser_.bytes();
  Enter(Stage::kRunning, now, Duration::zero());
  deadline_ = SteadyTime::max();
}

void Connection::Answer(Response response, bool may_keep, SteadyTime now) {
  const bool is_whole = stage_ == Stage::kRunning || stage_ == Stage::kQueued;
  keep_ = may_keep && is_whole && parser_.keep_alive();
  answer_ = OutgoingAnswer(std::move(response), !is_head_request_, keep_);
  Enter(Stage::kWriting, now, patience_.reading);
}

Connection::Step Connection::Write(SteadyTime now) {
  const std::size_t begin = answer_.sent_bytes();
  while (!answer_.is_sent()) {
    if (answer_.sent_bytes() - begin >= kMostWrittenAtOnce) {
      return Step::kBlocked;
    }
    const Progress progress = answer_.Write(*channel_, kMostWrittenAtOnce);
    write_crossed_ = progress == Progress::kBlocked && channel_->crossed();
    if (progress != Progress::kDone) {
      return progress == Progress::kBlocked ? Step::kBlocked : Step::kEnd;
    }
    deadline_ = now + patience_.reading;
  }
  if (keep_) {
    AwaitNextRequest(now);
  } else {
    channel_->End();
    answer_ = {};
    Enter(Stage::kFarewell, now, patience_.farewell);
  }
  return Step::kGoOn;
}

void Connection::AwaitNextRequest(SteadyTime now) {
  parser_.Reset();
  answer_ = {};
  running_bytes_ = 0;
  is_head_request_ = false;
  Enter(Stage::kReading, now, patience_.next_request);
}

Connection::Step Connection::SayFarewell(std::span<char> scratch) {
  for (int reads = 0; reads < kMostReadsAtOnce; ++reads) {
    const ssize_t got = recv(socket_.get(), scratch.data(), scratch.size(), 0);
    if (got <= 0) {
      return got < 0 && WouldBlock() ? Step::kBlocked : Step::kEnd;
    }
  }
  return Step::kBlocked;
}

std::size_t Connection::LeastBytes() {
  return kPlainBytes;
}

std::size_t Connection::held_bytes() const {
  const std::size_t parsed = stage_ == Stage::kRunning ? running_bytes_ : parser_.bytes();
  const std::size_t sent = stage_ == Stage::kWriting ? answer_.head_bytes() : 0;
  return parsed + unread_.size() + sent +
         (channel_->is_encrypted() && tls_seen_ ? kTlsBytes : kPlainBytes);
}

std::uint32_t Connection::wanted_events() const {
  switch (stage_) {
    case Stage::kGreeting:
    case Stage::kReading:
      return read_crossed_ ? EPOLLOUT : EPOLLIN;
    case Stage::kWriting:
      return write_crossed_ ? EPOLLIN : EPOLLOUT;
    case Stage::kFarewell:
      return EPOLLIN;
    case Stage::kJudging:
    case Stage::kQueued:
    case Stage::kRunning:
      break;
  }
  return peer_ended_ ? 0U : std::uint32_t{EPOLLRDHUP};
}

}  // namespace hakem::web
