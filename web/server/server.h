#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "model/log.h"
#include "model/result.h"
#include "web/gateway/gateway.h"
#include "web/http.h"
#include "web/server/listen_address.h"

namespace hakem::web {

struct ServerOptions {
  ListenAddress address;
  TlsSource tls = {};                    ///< Null: plain HTTP.
  std::size_t max_body_bytes = 1 << 20;  ///< A longer request body is answered 413.
};

/// An HTTP/1.1 server on a pool of 64 threads. A thread belongs to a connection for as long as that
/// is open, so idle ones are closed after 2 s (10 s before their first request), and while three
/// quarters of the pool are taken each answer closes its connection. TLS and IPv6 come by way of a
/// gateway (gateway.h), which has a thread of its own; without a host both IPv4 and IPv6 are
/// listened on, where the machine has them.
///
/// The handler is called from any of the pool's threads. Every answer says
/// `X-Content-Type-Options: nosniff`; one to HEAD has no body.
class Server {
 public:
  /// Begins to listen and to answer. The handler and what it refers to outlive the server.
  /// Errors: kInvalidInput when the address is busy or is not this machine's.
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
