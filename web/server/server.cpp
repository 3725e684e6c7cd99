#include "web/server/server.h"

#include <civetweb.h>
#include <fcntl.h>
#include <fmt/chrono.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <filesystem>
#include <optional>
#include <thread>
#include <utility>

#include "model/clock.h"

namespace hakem::web {
namespace {

constexpr int kThreads = 64;
constexpr int kBusyConnections = kThreads * 3 / 4;
constexpr Duration kGrace = std::chrono::milliseconds(500);
constexpr Duration kStopTick = std::chrono::milliseconds(10);
constexpr std::size_t kOneWriteBytes = 16 << 10;  // A smaller answer leaves in one packet or few.
constexpr std::array<const char*, 16> kOptions{"num_threads",           "64",     //
                                               "enable_keep_alive",     "yes",    //
                                               "keep_alive_timeout_ms", "2000",   //
                                               "request_timeout_ms",    "10000",  //
                                               "linger_timeout_ms",     "0",      //
                                               "listen_backlog",        "256",    //
                                               "connection_queue",      "64",     //
                                               "tcp_nodelay",           "1"};

/// CivetWeb's way to write an address: no host stands for all interfaces.
std::string ListeningPorts(const ListenAddress& address) {
  return address.host.empty() ? fmt::format("{}", address.port) : FormatListenAddress(address);
}

/// `Sun, 22 Nov 2026 21:14:12 GMT`
std::string HttpDate() {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(SystemClock().Now());
  return fmt::format("{:%a, %d %b %Y %H:%M:%S} GMT", fmt::gmtime(seconds));
}

/// A descriptor that is closed at the end of the scope.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}

  ~Descriptor() {
    if (fd_ >= 0) {
      close(fd_);
    }
  }

  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  int get() const { return fd_; }

 private:
  const int fd_;
};

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

/// Wakes the threads that wait on the server's sockets, which CivetWeb polls in slices of 2 s and
/// does not tell us: they are this process' TCP sockets bound to the server's port. The one that
/// listens is spared while clients may still be answered (SHUT_RD). A duplicate of each descriptor
/// is looked at and shut, so that one which is closed and used anew meanwhile does no harm to a
/// stranger.
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

Request ToRequest(const mg_request_info& info) {
  Request request;
  request.method = info.request_method;
  request.path = info.local_uri != nullptr ? info.local_uri : "";
  request.query = info.query_string != nullptr ? info.query_string : "";
  request.client.address = info.remote_addr;
  for (int i = 0; i < info.num_headers; ++i) {
    request.headers.push_back({info.http_headers[i].name, info.http_headers[i].value});
  }
  return request;
}

/// Reads the body. False when it is longer than `limit`; what is left of it then stays unread.
bool ReadBody(mg_connection* connection, std::size_t limit, std::string& body) {
  const long long length = mg_get_request_info(connection)->content_length;
  if (length > 0 && static_cast<unsigned long long>(length) > limit) {
    return false;
  }
  std::array<char, 8192> buffer{};
  for (int read = 1; read > 0 && body.size() <= limit;) {
    read = mg_read(connection, buffer.data(), buffer.size());
    body.append(buffer.data(), read > 0 ? static_cast<std::size_t>(read) : 0);
  }
  return body.size() <= limit;
}

void Send(mg_connection* connection, const Response& response, bool with_body, bool keep_alive) {
  const std::string& body = *response.body;
  std::string text = fmt::format(
      "HTTP/1.1 {} {}\r\nDate: {}\r\nContent-Length: {}\r\nConnection: {}\r\n", response.status,
      ReasonPhrase(response.status), HttpDate(), body.size(), keep_alive ? "keep-alive" : "close");
  for (const HeaderField& field : response.headers) {
    text.append(field.name).append(": ").append(field.value).append("\r\n");
  }
  text += "X-Content-Type-Options: nosniff\r\n\r\n";
  const bool together = with_body && body.size() <= kOneWriteBytes;
  if (together) {
    text += body;
  }
  mg_write(connection, text.data(), text.size());
  if (with_body && !together) {
    mg_write(connection, body.data(), body.size());
  }
}

}  // namespace

/// What CivetWeb's callbacks work on.
class Server::Impl {
 public:
  Impl(const ServerOptions& options, Handler handler, Logger log)
      : options_(options), handler_(std::move(handler)), log_(std::move(log)) {}

  ~Impl() { Stop(); }

  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  Result<void> Start();
  void Stop();

  std::uint16_t port() const { return port_; }

  const ListenAddress& address() const { return options_.address; }

 private:
  static Impl& Of(const mg_connection* connection) {
    return *static_cast<Impl*>(mg_get_user_data(mg_get_context(connection)));
  }

  static const mg_callbacks& Callbacks();
  int Answer(mg_connection* connection);
  Error StartFailure() const;

  /// Lets requests under way be answered; ends the connections that wait for a next one.
  void Drain() const;

  // Constant after construction.
  const ServerOptions options_;
  const Handler handler_;
  const Logger log_;

  // Written by Start before any other thread runs.
  std::string first_message_;  // "cannot bind to :9187: 98 (Address already in use)"
  std::uint16_t port_ = 0;

  mg_context* context_ = nullptr;  // Touched by the owner's thread only.
  std::atomic<int> connections_{0};
  std::atomic<bool> listening_{false};
};

const mg_callbacks& Server::Impl::Callbacks() {
  static const mg_callbacks callbacks = [] {
    mg_callbacks table{};
    table.begin_request = [](mg_connection* connection) {
      return Of(connection).Answer(connection);
    };
    table.init_connection = [](const mg_connection* connection, void**) {
      ++Of(connection).connections_;
      return 0;
    };
    table.connection_closed = [](const mg_connection* connection) {
      --Of(connection).connections_;
    };
    table.http_error = [](mg_connection* connection, int status, const char*) {
      mg_disable_connection_keep_alive(connection);
      Send(connection, TextResponse(status, ReasonPhrase(status)), true, false);
      return 0;
    };
    table.log_message = [](const mg_connection* connection, const char* message) {
      Impl& server = Of(connection);
      if (server.listening_) {
        server.log_.Debug("connection failed", {{"cause", message}});
      } else if (server.first_message_.empty()) {
        server.first_message_ = message;
      }
      return 1;
    };
    return table;
  }();
  return callbacks;
}

Result<void> Server::Impl::Start() {
  if (options_.address.is_ipv6() && mg_check_feature(MG_FEATURES_IPV6) == 0) {
    return Fail(ErrorCode::kInvalidInput,
                fmt::format("listen on {}: the HTTP library of this system was built without IPv6; "
                            "give --web.listen-address an IPv4 address, as 127.0.0.1:{}",
                            FormatListenAddress(options_.address), options_.address.port));
  }
  const std::string ports = ListeningPorts(options_.address);
  std::vector<const char*> settings(kOptions.begin(), kOptions.end());
  settings.insert(settings.end(), {"listening_ports", ports.c_str(), nullptr});
  mg_init_data init{
      .callbacks = &Callbacks(), .user_data = this, .configuration_options = settings.data()};
  std::array<char, 256> text{};
  mg_error_data error{};  // Member by member: they differ between CivetWeb's versions.
  error.text = text.data();
  error.text_buffer_size = text.size();
  context_ = mg_start2(&init, &error);
  if (context_ == nullptr) {
    return Fail(StartFailure());
  }
  listening_ = true;
  mg_server_port bound{};
  mg_get_server_ports(context_, 1, &bound);
  port_ = static_cast<std::uint16_t>(bound.port);
  return {};
}

Error Server::Impl::StartFailure() const {
  std::string cause = first_message_;
  if (const auto open = cause.rfind('('); open != cause.npos && cause.ends_with(')')) {
    cause = cause.substr(open + 1, cause.size() - open - 2);
    cause.front() = static_cast<char>(std::tolower(static_cast<unsigned char>(cause.front())));
  }
  return {ErrorCode::kInvalidInput,
          fmt::format("listen on {}: {}; choose another with --web.listen-address",
                      FormatListenAddress(options_.address), cause)};
}

int Server::Impl::Answer(mg_connection* connection) {
  Request request = ToRequest(*mg_get_request_info(connection));
  const bool fits = ReadBody(connection, options_.max_body_bytes, request.body);
  const bool keep_alive = fits && connections_ < kBusyConnections;
  if (!keep_alive) {
    mg_disable_connection_keep_alive(connection);
  }
  const Response response = fits ? handler_(request)
                                 : TextResponse(413, fmt::format("the body is longer than {} bytes",
                                                                 options_.max_body_bytes));
  Send(connection, response, request.method != "HEAD", keep_alive);
  return response.status;
}

void Server::Impl::Stop() {
  if (context_ == nullptr) {
    return;
  }
  Drain();
  // mg_stop says stop, after which nothing is answered, and joins. Whatever a thread still waits
  // for, or begins to wait for meanwhile, is ended beside it.
  {
    const std::jthread waker([port = port_](const std::stop_token& stop) {
      do {
        ShutConnections(port, SHUT_RDWR);
      } while (SystemClock().SleepUntil(SystemClock().SteadyNow() + kStopTick, stop));
    });
    mg_stop(context_);
  }
  context_ = nullptr;
  ShutConnections(port_, SHUT_RDWR);  // CivetWeb forgets those that no thread had taken up.
}

void Server::Impl::Drain() const {
  const SteadyTime end = SystemClock().SteadyNow() + kGrace;
  while (connections_ > 0 && SystemClock().SteadyNow() < end) {
    ShutConnections(port_, SHUT_RD);
    SystemClock().SleepUntil(SystemClock().SteadyNow() + kStopTick, {});
  }
}

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Server::~Server() = default;

Result<std::unique_ptr<Server>> Server::Start(const ServerOptions& options, Handler handler,
                                              const Logger& log) {
  auto impl = std::make_unique<Impl>(options, std::move(handler), log);
  if (const Result<void> started = impl->Start(); !started) {
    return Fail(started.error());
  }
  return std::unique_ptr<Server>(new Server(std::move(impl)));
}

void Server::Stop() {
  impl_->Stop();
}

std::uint16_t Server::port() const {
  return impl_->port();
}

std::string Server::url() const {
  const bool anywhere = impl_->address().host.empty() || impl_->address().host == "0.0.0.0";
  ListenAddress shown{anywhere ? "127.0.0.1" : impl_->address().host, port()};
  return fmt::format("http://{}", FormatListenAddress(shown));
}

}  // namespace hakem::web
