#include "web/gateway/connection.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <string_view>
#include <utility>

namespace hakem::web {
namespace {

constexpr Duration kFarewellTime = std::chrono::seconds(1);
constexpr char kTlsHandshake = 0x16;  // The first byte of whoever speaks TLS.
constexpr std::string_view kNotTls =
    "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\n"
    "Content-Length: 59\r\nConnection: close\r\n\r\n"
    "this port speaks HTTPS: write https:// in place of http://\n";

bool WouldBlock() {
  return errno == EAGAIN || errno == EINTR || errno == EINPROGRESS;
}

std::unique_ptr<Channel> MakeChannel(int fd, std::shared_ptr<const TlsContext> context) {
  return context == nullptr ? MakePlainChannel(fd) : MakeTlsChannel(fd, std::move(context));
}

sockaddr_in Loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

}  // namespace

GatewayConnection::GatewayConnection(Descriptor socket, Client client,
                                     std::shared_ptr<const TlsContext> context,
                                     std::uint16_t inner_port, ClientTable& clients, SteadyTime now)
    : socket_(std::move(socket)),
      inner_port_(inner_port),
      clients_(clients),
      client_(std::move(client)),
      channel_(MakeChannel(socket_.get(), std::move(context))),
      last_moved_(now) {
  tls_seen_ = !channel_->is_encrypted();
}

GatewayConnection::~GatewayConnection() {
  if (speaking_port_ != 0) {
    clients_.Remove(speaking_port_);
  }
}

bool GatewayConnection::Advance(SteadyTime now) {
  if (stage_ == Stage::kGreeting && !Greet()) {
    return false;
  }
  if (stage_ == Stage::kAwaitingRequest && !AwaitRequest()) {
    return false;
  }
  if (stage_ == Stage::kServing && !Serve(now)) {
    return false;
  }
  return stage_ != Stage::kFarewell || SayFarewell();
}

bool GatewayConnection::IsOverdue(SteadyTime now) const {
  const SteadyTime::duration waited = now - last_moved_;
  switch (stage_) {
    case Stage::kGreeting:
    case Stage::kAwaitingRequest:
      return waited > kClientPatience;
    case Stage::kServing:  // The server inside has limits of its own for all but this.
      return !to_client_.empty() && waited > kClientPatience;
    case Stage::kFarewell:
      return waited > kFarewellTime;
  }
  return false;
}

short GatewayConnection::client_events() const {
  const bool serving = stage_ == Stage::kServing;
  const bool reads = !client_ended_ && (!serving || !to_server_.full());
  const bool writes = serving && !to_client_.empty();
  const bool in = (reads && !read_crossed_) || (writes && write_crossed_);
  const bool out = (writes && !write_crossed_) || (reads && read_crossed_);
  return static_cast<short>((in ? POLLIN : 0) | (out ? POLLOUT : 0));
}

short GatewayConnection::server_events() const {
  if (stage_ != Stage::kServing) {
    return 0;
  }
  return static_cast<short>((!server_ended_ && !to_client_.full() ? POLLIN : 0) |
                            (!to_server_.empty() ? POLLOUT : 0));
}

bool GatewayConnection::Greet() {
  if (!tls_seen_ && !LooksLikeTls()) {
    return !failed_;
  }
  const Progress progress = channel_->Greet();
  read_crossed_ = channel_->crossed();
  if (progress == Progress::kDone) {
    client_.encrypted = channel_->is_encrypted();
    client_.authenticated = channel_->is_verified();
    stage_ = Stage::kAwaitingRequest;
  }
  return progress == Progress::kDone || progress == Progress::kBlocked;
}

/// False while the first byte has not come, and when it is no TLS: then failed_ is set.
bool GatewayConnection::LooksLikeTls() {
  char first = 0;
  const ssize_t got = recv(socket_.get(), &first, 1, MSG_PEEK);
  if (got < 0 && WouldBlock()) {
    return false;
  }
  tls_seen_ = got == 1 && first == kTlsHandshake;
  failed_ = !tls_seen_;
  if (got == 1 && failed_) {
    send(socket_.get(), kNotTls.data(), kNotTls.size(), MSG_NOSIGNAL);
    stage_ = Stage::kFarewell;
    failed_ = false;
    shutdown(socket_.get(), SHUT_WR);
  }
  return tls_seen_;
}

bool GatewayConnection::AwaitRequest() {
  if (!ReadClient()) {
    return !failed_;
  }
  return !client_ended_ && !failed_ && ConnectInside();
}

bool GatewayConnection::ConnectInside() {
  inside_ = Descriptor(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  sockaddr_in own = Loopback(0);
  socklen_t length = sizeof(own);
  if (!inside_ || bind(inside_.get(), reinterpret_cast<sockaddr*>(&own), length) != 0 ||
      getsockname(inside_.get(), reinterpret_cast<sockaddr*>(&own), &length) != 0) {
    return false;
  }
  speaking_port_ = ntohs(own.sin_port);
  clients_.Put(speaking_port_, client_);  // Before the server inside can ask.
  const int on = 1;
  setsockopt(inside_.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  const sockaddr_in server = Loopback(inner_port_);
  stage_ = Stage::kServing;
  return connect(inside_.get(), reinterpret_cast<const sockaddr*>(&server), sizeof(server)) == 0 ||
         WouldBlock();
}

bool GatewayConnection::Serve(SteadyTime now) {
  bool moved = true;
  while (moved && !failed_) {
    moved = ReadClient();
    moved = WriteServer() || moved;
    moved = ReadServer() || moved;
    moved = WriteClient() || moved;
    last_moved_ = moved ? now : last_moved_;
  }
  if (!failed_ && server_ended_ && to_client_.empty()) {
    channel_->End();
    stage_ = Stage::kFarewell;
    last_moved_ = now;
  }
  return !failed_;
}

bool GatewayConnection::SayFarewell() {
  char ignored[1024];
  ssize_t got = 1;
  while (got > 0) {
    got = recv(socket_.get(), ignored, sizeof(ignored), 0);
  }
  return got < 0 && WouldBlock();
}

bool GatewayConnection::ReadClient() {
  if (client_ended_ || to_server_.full()) {
    return false;
  }
  std::size_t count = 0;
  const Progress progress = channel_->Read(to_server_.room(), count);
  read_crossed_ = progress == Progress::kBlocked && channel_->crossed();
  to_server_.Added(count);
  client_ended_ = progress == Progress::kEnded;
  failed_ = failed_ || progress == Progress::kFailed;
  return progress == Progress::kDone || client_ended_;
}

bool GatewayConnection::WriteServer() {
  if (to_server_.empty()) {
    if (client_ended_ && !server_told_) {
      server_told_ = true;
      shutdown(inside_.get(), SHUT_WR);
    }
    return false;
  }
  const auto waiting = to_server_.waiting();
  const ssize_t sent = send(inside_.get(), waiting.data(), waiting.size(), MSG_NOSIGNAL);
  if (sent < 0 && !WouldBlock()) {  // It wants no more, but may have answered.
    to_server_.Taken(waiting.size());
    client_ended_ = server_told_ = true;
    return false;
  }
  to_server_.Taken(sent > 0 ? static_cast<std::size_t>(sent) : 0);
  return sent > 0;
}

bool GatewayConnection::ReadServer() {
  if (server_ended_ || to_client_.full()) {
    return false;
  }
  const auto room = to_client_.room();
  const ssize_t got = recv(inside_.get(), room.data(), room.size(), 0);
  to_client_.Added(got > 0 ? static_cast<std::size_t>(got) : 0);
  server_ended_ = got == 0 || (got < 0 && !WouldBlock());
  return got > 0 || server_ended_;
}

bool GatewayConnection::WriteClient() {
  if (to_client_.empty()) {
    return false;
  }
  std::size_t count = 0;
  const Progress progress = channel_->Write(to_client_.waiting(), count);
  write_crossed_ = progress == Progress::kBlocked && channel_->crossed();
  to_client_.Taken(count);
  failed_ = failed_ || progress == Progress::kFailed || progress == Progress::kEnded;
  return progress == Progress::kDone;
}

}  // namespace hakem::web
