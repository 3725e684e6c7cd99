#include "web/server/server.h"

#include <civetweb.h>
#include <fmt/chrono.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <latch>
#include <optional>
#include <thread>
#include <utility>

#include "model/clock.h"
#include "web/server/client_watch.h"
#include "web/server/own_sockets.h"

namespace hakem::web {
namespace {

constexpr int kThreads = 64;
constexpr int kBusyConnections = kThreads * 3 / 4;
constexpr Duration kGrace = std::chrono::milliseconds(500);
constexpr Duration kStopTick = std::chrono::milliseconds(10);
constexpr std::size_t kOneWriteBytes = 16 << 10;  // A smaller answer leaves in one packet or few.
constexpr std::array<const char*, 14> kOptions{"num_threads",           "64",     //
                                               "enable_keep_alive",     "yes",    //
                                               "keep_alive_timeout_ms", "2000",   //
                                               "request_timeout_ms",    "10000",  //
                                               "listen_backlog",        "256",    //
                                               "connection_queue",      "64",     //
                                               "tcp_nodelay",           "1"};

constexpr std::string_view kInnerDoor = "127.0.0.1:0";

/// Who listens where: CivetWeb itself, which knows neither IPv6 nor TLS here, or the gateway, which
/// comes to it by the inner door.
struct Plan {
  std::string ports;  ///< CivetWeb's, in its own notation; the inner door is the last.
  bool has_gateway = false;
  bool only_ipv6 = false;  ///< The gateway beside CivetWeb: well if it can, well if it cannot.
};

Plan MakePlan(const ServerOptions& options) {
  const ListenAddress& address = options.address;
  if (options.tls || address.is_ipv6()) {
    return {.ports = std::string(kInnerDoor), .has_gateway = true};
  }
  if (address.host.empty()) {
    return {.ports = fmt::format("{},{}", address.port, kInnerDoor),
            .has_gateway = true,
            .only_ipv6 = true};
  }
  return {.ports = FormatListenAddress(address)};
}

/// `Sun, 22 Nov 2026 21:14:12 GMT`
std::string HttpDate() {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(SystemClock().Now());
  return fmt::format("{:%a, %d %b %Y %H:%M:%S} GMT", fmt::gmtime(seconds));
}

Request ToRequest(const mg_request_info& info) {
  Request request;
  request.method = info.request_method;
  request.path = info.local_uri != nullptr ? info.local_uri : "";
  request.query = info.query_string != nullptr ? info.query_string : "";
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
  std::size_t length = response.body->size();
  for (const auto& part : response.more) {
    length += part->size();
  }
  std::string text = fmt::format(
      "HTTP/1.1 {} {}\r\nDate: {}\r\nContent-Length: {}\r\nConnection: {}\r\n", response.status,
      ReasonPhrase(response.status), HttpDate(), length, keep_alive ? "keep-alive" : "close");
  for (const HeaderField& field : response.headers) {
    text.append(field.name).append(": ").append(field.value).append("\r\n");
  }
  text += "X-Content-Type-Options: nosniff\r\n\r\n";
  const auto send = [&](const std::string& part) {
    if (text.size() + part.size() <= kOneWriteBytes) {
      text += part;
      return;
    }
    mg_write(connection, text.data(), text.size());
    text.clear();
    if (part.size() <= kOneWriteBytes) {
      text = part;
    } else {
      mg_write(connection, part.data(), part.size());
    }
  };
  if (with_body) {
    send(*response.body);
    for (const auto& part : response.more) {
      send(*part);
    }
  }
  if (!text.empty()) {
    mg_write(connection, text.data(), text.size());
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

  const ServerOptions& options() const { return options_; }

 private:
  static Impl& Of(const mg_connection* connection) {
    return *static_cast<Impl*>(mg_get_user_data(mg_get_context(connection)));
  }

  static const mg_callbacks& Callbacks();
  Result<void> StartCivetWeb(const Plan& plan);
  Result<void> OpenGateway(const Plan& plan);
  std::optional<Client> ClientOf(const mg_request_info& info) const;
  int Answer(mg_connection* connection);
  Error StartFailure() const;

  void Shut(int how) const {
    std::for_each(ports_.begin(), ports_.end(),
                  [how](std::uint16_t port) { ShutConnections(port, how); });
  }

  /// Lets requests under way be answered; ends the connections that wait for a next one.
  void Drain();

  // Constant after construction.
  const ServerOptions options_;
  const Handler handler_;
  const Logger log_;

  // Written by Start; what requests look at before `started_`, which they wait for.
  std::string first_message_;     // "cannot bind to :9187: 98 (Address already in use)"
  std::uint16_t inner_port_ = 0;  // 0: no gateway.
  std::uint16_t port_ = 0;
  std::vector<std::uint16_t> ports_;  // CivetWeb's.

  mg_context* context_ = nullptr;  // Touched by the owner's thread only.
  std::atomic<int> connections_{0};
  std::atomic<bool> listening_{false};
  std::atomic<bool> draining_{false};
  std::latch started_{1};
  ClientTable clients_;
  std::unique_ptr<Gateway> gateway_;  // Touched by the owner's thread only.
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
  const Plan plan = MakePlan(options_);
  if (Result<void> started = StartCivetWeb(plan); !started) {
    return started;
  }
  return plan.has_gateway ? OpenGateway(plan) : Result<void>();
}

Result<void> Server::Impl::StartCivetWeb(const Plan& plan) {
  std::vector<const char*> settings(kOptions.begin(), kOptions.end());
  settings.insert(settings.end(), {"listening_ports", plan.ports.c_str(), nullptr});
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
  std::array<mg_server_port, 2> bound{};
  const int count = mg_get_server_ports(context_, static_cast<int>(bound.size()), bound.data());
  for (int i = 0; i < count; ++i) {
    ports_.push_back(static_cast<std::uint16_t>(bound[static_cast<std::size_t>(i)].port));
  }
  port_ = ports_.front();
  inner_port_ = plan.has_gateway ? ports_.back() : std::uint16_t{0};
  started_.count_down();
  return {};
}

Result<void> Server::Impl::OpenGateway(const Plan& plan) {
  ListenAddress address = options_.address;
  if (plan.only_ipv6) {
    address.port = port_;
  }
  auto gateway = Gateway::Open({.address = address,
                                .only_ipv6 = plan.only_ipv6,
                                .inner_port = inner_port_,
                                .tls = options_.tls},
                               clients_, log_);
  if (!gateway && plan.only_ipv6) {
    log_.Info("listening by IPv4 alone", {{"cause", gateway.error().message}});
    return {};
  }
  if (!gateway) {
    return Fail(gateway.error());
  }
  gateway_ = *std::move(gateway);
  port_ = gateway_->port();
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

/// Nothing for who knocks at the inner door without being the gateway.
std::optional<Client> Server::Impl::ClientOf(const mg_request_info& info) const {
  if (inner_port_ != 0 && info.server_port == inner_port_) {
    return clients_.Find(static_cast<std::uint16_t>(info.remote_port));
  }
  return Client{.address = info.remote_addr};
}

int Server::Impl::Answer(mg_connection* connection) {
  started_.wait();
  const mg_request_info& info = *mg_get_request_info(connection);
  const std::optional<Client> client = ClientOf(info);
  if (!client) {
    mg_disable_connection_keep_alive(connection);
    Send(connection, TextResponse(403, "this port is Hakem's own; ask the one it listens on"), true,
         false);
    return 403;
  }
  Request request = ToRequest(info);
  request.client = *client;
  ClientWatch watch(static_cast<std::uint16_t>(info.server_port),
                    {info.remote_addr, static_cast<std::uint16_t>(info.remote_port)});
  // Draining shuts connections for reading, which looks as if clients had done so.
  request.client_gone = [this, &watch] { return !draining_ && watch.Gone(); };
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
  if (gateway_ != nullptr) {
    gateway_->StopAccepting();
  }
  Drain();
  // mg_stop says stop, after which nothing is answered, and joins. Whatever a thread still waits
  // for, or begins to wait for meanwhile, is ended beside it.
  {
    const std::jthread waker([this](const std::stop_token& stop) {
      do {
        Shut(SHUT_RDWR);
      } while (SystemClock().SleepUntil(SystemClock().SteadyNow() + kStopTick, stop));
    });
    mg_stop(context_);
  }
  context_ = nullptr;
  Shut(SHUT_RDWR);  // CivetWeb forgets those that no thread had taken up.
  gateway_.reset();
}

void Server::Impl::Drain() {
  draining_ = true;
  const SteadyTime end = SystemClock().SteadyNow() + kGrace;
  while (connections_ > 0 && SystemClock().SteadyNow() < end) {
    Shut(SHUT_RD);
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
  const ServerOptions& options = impl_->options();
  const bool anywhere = options.address.host.empty() || options.address.host == "0.0.0.0";
  const ListenAddress shown{anywhere ? "127.0.0.1" : options.address.host, port()};
  return fmt::format("{}://{}", options.tls ? "https" : "http", FormatListenAddress(shown));
}

}  // namespace hakem::web
