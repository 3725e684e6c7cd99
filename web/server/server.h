#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "model/log.h"
#include "model/result.h"
#include "web/gateway/gateway.h"
#include "web/http/http.h"
#include "web/http/listen_address.h"

namespace hakem::web {

struct ServerOptions {
  ListenAddress address;
  TlsSource tls = {};                    ///< Null: plain HTTP.
  Authorizer* authorizer = nullptr;      ///< Null: everyone is let in. Outlives the server.
  Instruments* instruments = nullptr;    ///< Null: refusals are not counted. Outlives the server.
  AtOnceTest answers_at_once = {};       ///< Which requests may use all workers; null: none.
  std::size_t max_body_bytes = 1 << 20;  ///< A request with more gets 413.
  std::size_t buffer_bytes = 64 << 20;   ///< For requests and answers of all clients together.
  std::size_t most_connections = 0;      ///< 0: as many as the limit on descriptors allows.
  ClientTimeouts timeouts = {};          ///< How long clients may take.
};

/// An HTTP/1.1 server: a gateway that handles all connections (gateway.h), and up to 64 HTTP
/// workers of CivetWeb behind it, which nobody else can reach. A worker gets only complete requests
/// that were let in, so that idle or slow clients occupy none.
///
/// The handler is called from any of the workers. Every response has the header
/// `X-Content-Type-Options: nosniff`. Responses to HEAD have no body.
class Server {
 public:
  /// Begins to listen and to answer. The handler and what it refers to outlive the server. The
  /// process's limit on descriptors bounds the number of connections.
  /// Errors: kInvalidInput when the address is busy or is not this machine's; kUnavailable: the
  /// system has no descriptors or threads for it.
  static Result<std::unique_ptr<Server>> Start(const ServerOptions& options, Handler handler,
                                               const Logger& log);

  /// Calls Stop().
  ~Server();

  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// Closes every connection and joins all threads. Running requests get half a second to be
  /// answered. A second call does nothing.
  void Stop();

  /// The port that it listens on, also if the options asked for any free one.
  std::uint16_t port() const;

  /// The address for a browser on this machine: `http://127.0.0.1:9187`, or `https://…` with TLS.
  std::string url() const;

 private:
  class Impl;
  explicit Server(std::unique_ptr<Impl> impl);

  const std::unique_ptr<Impl> impl_;
};

}  // namespace hakem::web
