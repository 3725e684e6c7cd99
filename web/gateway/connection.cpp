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

constexpr int kMostReadsAtOnce = 8;  // Then other connections are served.
constexpr std::size_t kMostWrittenAtOnce = 1 << 20;
constexpr std::size_t kPlainBytes = 1 << 10;
constexpr std::size_t kTlsBytes = 32 << 10;  // Includes OpenSSL's buffers.
constexpr char kTlsHandshake = 0x16;         // The first byte of a TLS connection.
constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

bool WouldBlock() {
  return errno == EAGAIN || errno == EINTR;
}

}  // namespace

Connection::Connection(std::uint64_t id, Descriptor socket, std::unique_ptr<Channel> channel,
                       Client client, const RequestLimits& limits, const ClientTimeouts& timeouts,
                       SteadyTime now)
    : id_(id),
      socket_(std::move(socket)),
      channel_(std::move(channel)),
      timeouts_(timeouts),
      client_(std::move(client)),
      since_(now),
      deadline_(now + timeouts.first_byte),
      parser_(limits),
      tls_seen_(!channel_->is_encrypted()) {}

void Connection::Enter(Stage stage, SteadyTime now, Duration timeout) {
  stage_ = stage;
  since_ = now;
  deadline_ = now + timeout;
}

Connection::Need Connection::Advance(SteadyTime now, std::span<char> scratch) {
  Step step = Step::kGoOn;
  while (step == Step::kGoOn) {
    switch (stage_) {
      case Stage::kHandshake:
        step = Handshake(now);
        break;
      case Stage::kReading:
        if (const std::optional<Need> need = Read(now, scratch)) {
          return *need;
        }
        break;
      case Stage::kWriting:
        step = Write(now);
        break;
      case Stage::kDraining:
        step = Drain(scratch);
        break;
      case Stage::kJudging:
      case Stage::kQueued:
      case Stage::kRunning:
        return Need::kSocket;
    }
  }
  return step == Step::kBlocked ? Need::kSocket : Need::kEnd;
}

Connection::Step Connection::Handshake(SteadyTime now) {
  if (!tls_seen_) {
    const Step looked = CheckForTls(now);
    if (looked != Step::kGoOn || stage_ != Stage::kHandshake) {
      return looked;
    }
  }
  const Progress progress = channel_->Handshake();
  read_waits_for_output_ = channel_->waits_for_opposite();
  if (progress == Progress::kDone) {
    client_.encrypted = channel_->is_encrypted();
    client_.authenticated = channel_->is_verified();
    stage_ = Stage::kReading;  // The deadline of the first byte stays.
    // Acknowledges at once: some clients send their request only after the acknowledgement of their
    // last handshake message, which the system would delay by 40 ms.
    const int on = 1;
    setsockopt(socket_.get(), IPPROTO_TCP, TCP_QUICKACK, &on, sizeof(on));
    return Step::kGoOn;
  }
  return progress == Progress::kBlocked ? Step::kBlocked : Step::kEnd;
}

/// Answers a client that speaks plain HTTP to an HTTPS port with an explanation.
Connection::Step Connection::CheckForTls(SteadyTime now) {
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
    Enter(Stage::kDraining, now, timeouts_.drain);
  }
  return got == 1 ? Step::kGoOn : Step::kEnd;
}

/// Returns nothing when the connection goes on at its next stage.
std::optional<Connection::Need> Connection::Read(SteadyTime now, std::span<char> scratch) {
  std::optional<Need> need = Parse(now, {});
  for (int reads = 0; reads < kMostReadsAtOnce && !need; ++reads) {
    std::size_t count = 0;
    const Progress progress = channel_->Read(scratch, count);
    read_waits_for_output_ = progress == Progress::kBlocked && channel_->waits_for_opposite();
    if (progress != Progress::kDone) {
      return progress == Progress::kBlocked ? Need::kSocket : Need::kEnd;
    }
    need = Parse(now, {scratch.data(), count});
  }
  return need.value_or(Need::kSocket);
}

/// Parses the unread bytes, or else `fresh`. Returns nothing when more input is needed. Requires:
/// `fresh` is empty unless there are no unread bytes.
std::optional<Connection::Need> Connection::Parse(SteadyTime now, std::string_view fresh) {
  const bool had_begun = parser_.has_begun();
  const bool had_head = parser_.stage() != RequestParser::Stage::kHead;
  if (unread_.empty()) {
    unread_ = fresh.substr(parser_.Take(fresh));
  } else {
    unread_ = unread_.substr(parser_.Take(unread_));
  }
  if (!had_begun && parser_.has_begun()) {
    Enter(Stage::kReading, now, timeouts_.request);
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
    Enter(Stage::kJudging, now, timeouts_.verdict);
    return Need::kVerdict;
  }
  if (parser_.stage() == RequestParser::Stage::kBody) {
    return std::nullopt;
  }
  Enter(Stage::kQueued, now, timeouts_.worker);
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
    channel_->Write(parts, count);  // Nothing else is in the send buffer, so that it fits.
  }
}

void Connection::BeginRunning(SteadyTime now) {
  running_bytes_ = parser_.bytes();
  Enter(Stage::kRunning, now, Duration::zero());
  deadline_ = SteadyTime::max();
}

void Connection::Respond(Response response, bool may_keep, SteadyTime now) {
  const bool is_whole = stage_ == Stage::kRunning || stage_ == Stage::kQueued;
  keep_ = may_keep && is_whole && parser_.keep_alive();
  response_ = OutgoingResponse(std::move(response), !is_head_request_, keep_);
  Enter(Stage::kWriting, now, timeouts_.read_stall);
}

Connection::Step Connection::Write(SteadyTime now) {
  const std::size_t begin = response_.sent_bytes();
  while (!response_.is_sent()) {
    if (response_.sent_bytes() - begin >= kMostWrittenAtOnce) {
      return Step::kBlocked;
    }
    const Progress progress = response_.Write(*channel_, kMostWrittenAtOnce);
    write_waits_for_input_ = progress == Progress::kBlocked && channel_->waits_for_opposite();
    if (progress != Progress::kDone) {
      return progress == Progress::kBlocked ? Step::kBlocked : Step::kEnd;
    }
    deadline_ = now + timeouts_.read_stall;
  }
  if (keep_) {
    AwaitNextRequest(now);
  } else {
    channel_->EndOutput();
    response_ = {};
    Enter(Stage::kDraining, now, timeouts_.drain);
  }
  return Step::kGoOn;
}

void Connection::AwaitNextRequest(SteadyTime now) {
  parser_.Reset();
  response_ = {};
  running_bytes_ = 0;
  is_head_request_ = false;
  Enter(Stage::kReading, now, timeouts_.next_request);
}

Connection::Step Connection::Drain(std::span<char> scratch) {
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
  const std::size_t sent = stage_ == Stage::kWriting ? response_.head_bytes() : 0;
  return parsed + unread_.size() + sent +
         (channel_->is_encrypted() && tls_seen_ ? kTlsBytes : kPlainBytes);
}

std::uint32_t Connection::wanted_events() const {
  switch (stage_) {
    case Stage::kHandshake:
    case Stage::kReading:
      return read_waits_for_output_ ? EPOLLOUT : EPOLLIN;
    case Stage::kWriting:
      return write_waits_for_input_ ? EPOLLIN : EPOLLOUT;
    case Stage::kDraining:
      return EPOLLIN;
    case Stage::kJudging:
    case Stage::kQueued:
    case Stage::kRunning:
      break;
  }
  return peer_ended_ ? 0U : std::uint32_t{EPOLLRDHUP};
}

}  // namespace hakem::web
