#include "web/server/server.h"

#include <civetweb.h>
#include <fmt/format.h>

#include <array>
#include <atomic>
#include <exception>
#include <optional>
#include <utility>
#include <vector>

#include "web/gateway/descriptor_limit.h"
#include "web/gateway/exchange.h"
#include "web/server/worker_port.h"

namespace hakem::web {
namespace {

/// CivetWeb's only connections are those of the gateway. They stay open and carry few bytes.
constexpr std::array<const char*, 12> kOptions{
    "listening_ports",       "127.0.0.1:0",  //
    "enable_keep_alive",     "yes",          //
    "keep_alive_timeout_ms", "2147483647",   // 24 days; WorkerPool keeps them alive.
    "request_timeout_ms",    "1000",         // Drops others that connect during the start.
    "listen_backlog",        "256",          //
    "tcp_nodelay",           "1"};

constexpr std::string_view kNotForYou =
    "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

void Write(mg_connection* connection, std::string_view text) {
  mg_write(connection, text.data(), text.size());
}

}  // namespace

/// The object of CivetWeb's callbacks, which must not throw because their caller is a C library.
class Server::Impl {
 public:
  Impl(const ServerOptions& options, Handler handler, Logger log, const DescriptorPlan& plan)
      : options_(options),
        handler_(std::move(handler)),
        log_(std::move(log)),
        plan_(plan),
        exchange_(plan.workers) {}

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
  Result<std::uint16_t> StartWorkers();
  Result<void> OpenGateway(std::vector<Descriptor> workers);
  int Answer(mg_connection* connection) noexcept;
  void Note(const char* message) noexcept;

  // Constant after construction.
  const ServerOptions options_;
  const Handler handler_;
  const Logger log_;
  const DescriptorPlan plan_;

  Exchange exchange_;
  std::string first_message_;  // "cannot bind to …: 98 (Address already in use)"
  std::atomic<bool> started_{false};

  // Used by the owner's thread only.
  mg_context* context_ = nullptr;
  std::optional<ClosedPort> closed_port_;
  std::uint16_t port_ = 0;
  std::unique_ptr<Gateway> gateway_;
};

const mg_callbacks& Server::Impl::Callbacks() {
  static const mg_callbacks callbacks = [] {
    mg_callbacks table{};
    table.begin_request = [](mg_connection* connection) {
      return Of(connection).Answer(connection);
    };
    table.http_error = [](mg_connection* connection, int, const char*) {
      mg_disable_connection_keep_alive(connection);
      Write(connection, kNotForYou);
      return 0;
    };
    table.log_message = [](const mg_connection* connection, const char* message) {
      Of(connection).Note(message);
      return 1;
    };
    return table;
  }();
  return callbacks;
}

/// Keeps the first message that CivetWeb logs while it starts: the reason if that fails.
void Server::Impl::Note(const char* message) noexcept {
  try {
    if (!started_ && first_message_.empty()) {
      first_message_ = message;
    }
  } catch (const std::exception&) {  // No memory for a message.
  }
}

Result<void> Server::Impl::Start() {
  return StartWorkers()
      .and_then([&](std::uint16_t inner_port) -> Result<std::vector<Descriptor>> {
        auto workers = ConnectToWorkers(inner_port, exchange_);
        auto closed = ClosedPort::Close(inner_port);
        if (!closed) {
          return Fail(closed.error());
        }
        closed_port_ = *std::move(closed);
        return workers;
      })
      .and_then([&](std::vector<Descriptor> workers) { return OpenGateway(std::move(workers)); });
}

Result<std::uint16_t> Server::Impl::StartWorkers() {
  const std::string threads = fmt::format("{}", plan_.workers);
  std::vector<const char*> settings(kOptions.begin(), kOptions.end());
  settings.insert(settings.end(), {"num_threads", threads.c_str(), nullptr});
  mg_init_data init{
      .callbacks = &Callbacks(), .user_data = this, .configuration_options = settings.data()};
  std::array<char, 256> text{};
  mg_error_data error{};  // Set one by one, because CivetWeb's versions have different members.
  error.text = text.data();
  error.text_buffer_size = text.size();
  context_ = mg_start2(&init, &error);
  started_ = true;
  if (context_ == nullptr) {
    return Fail(ErrorCode::kUnavailable,
                fmt::format("start the HTTP workers: {}",
                            first_message_.empty() ? text.data() : first_message_));
  }
  mg_server_port bound{};
  mg_get_server_ports(context_, 1, &bound);
  return static_cast<std::uint16_t>(bound.port);
}

Result<void> Server::Impl::OpenGateway(std::vector<Descriptor> workers) {
  GatewayOptions gateway{.address = options_.address,
                         .tls = options_.tls,
                         .authorizer = options_.authorizer,
                         .instruments = options_.instruments,
                         .answers_at_once = options_.answers_at_once,
                         .limits = {.body_bytes = options_.max_body_bytes},
                         .timeouts = options_.timeouts,
                         .most_connections = options_.most_connections != 0
                                                 ? options_.most_connections
                                                 : plan_.connections,
                         .buffer_bytes = options_.buffer_bytes};
  auto opened = Gateway::Open(gateway, exchange_, std::move(workers), log_);
  if (!opened) {
    return Fail(opened.error());
  }
  gateway_ = *std::move(opened);
  port_ = gateway_->port();
  return {};
}

int Server::Impl::Answer(mg_connection* connection) noexcept {
  const mg_request_info& info = *mg_get_request_info(connection);
  if (info.local_uri == nullptr || !exchange_.Answer(info.local_uri, handler_)) {
    mg_disable_connection_keep_alive(connection);
    Write(connection, kNotForYou);
    return 403;
  }
  Write(connection, Exchange::kSignal);
  return 204;
}

void Server::Impl::Stop() {
  gateway_.reset();  // Lets running requests end, then closes the connections to the workers.
  if (context_ != nullptr) {
    if (closed_port_) {
      closed_port_->Wake();
    }
    mg_stop(context_);
    context_ = nullptr;
  }
}

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Server::~Server() = default;

Result<std::unique_ptr<Server>> Server::Start(const ServerOptions& options, Handler handler,
                                              const Logger& log) {
  auto impl =
      std::make_unique<Impl>(options, std::move(handler), log, PlanDescriptors(DescriptorLimit()));
  try {
    if (const Result<void> started = impl->Start(); !started) {
      return Fail(started.error());
    }
  } catch (const std::exception& exception) {  // No more threads can be created.
    return Fail(
        ErrorCode::kUnavailable,
        fmt::format("listen on {}: {}", FormatListenAddress(options.address), exception.what()));
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
