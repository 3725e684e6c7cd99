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
  Doorkeeper* door = nullptr;            ///< Null: everyone is let in. Outlives the server.
  std::size_t max_body_bytes = 1 << 20;  ///< A longer request body is answered 413.
  std::size_t buffer_bytes = 64 << 20;   ///< For requests and answers of all clients together.
  std::size_t most_connections = 0;      ///< 0: as many as the limit on descriptors allows.
  Patience patience = {};                ///< With clients.
};

/// An HTTP/1.1 server: a front that takes all connections (gateway.h) and a pool of up to 64 HTTP
/// workers behind it, CivetWeb's, which nobody else can reach. A worker sees only whole requests
/// that were let in, so an idle or slow client takes none.
///
/// The handler is called from any of the workers. Every answer says
/// `X-Content-Type-Options: nosniff`; one to HEAD has no body.
class Server {
 public:
  /// Begins to listen and to answer. The handler and what it refers to outlive the server. The
  /// process's limit on descriptors bounds the number of connections.
  /// Errors: kInvalidInput when the address is busy or is not this machine's; kUnavailable: the
  /// system has no descriptors or threads for it.
  static Result<std::unique_ptr<Server>> Start(const ServerOptions& options, Handler handler,
                                               const Logger& log);

  /// Stops.
  ~Server();

  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// Ends every connection and joins all threads: requests under way get half a second to be
  /// answered. Nothing happens the second time.
  void Stop();

  /// The port listened on, also when any free one was asked for.
  std::uint16_t port() const;

  /// `http://127.0.0.1:9187`, or `https://…` with TLS: where a browser on this machine finds it.
  std::string url() const;

 private:
  class Impl;
  explicit Server(std::unique_ptr<Impl> impl);

  const std::unique_ptr<Impl> impl_;
};

}  // namespace hakem::web
