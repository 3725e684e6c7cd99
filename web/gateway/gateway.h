#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "model/log.h"
#include "model/result.h"
#include "web/gateway/client_table.h"
#include "web/gateway/connection.h"
#include "web/gateway/tls_context.h"
#include "web/server/descriptor.h"
#include "web/server/listen_address.h"

namespace hakem::web {

/// What the next connection begins with; asked for each, so that new certificates count at once.
using TlsSource = std::function<std::shared_ptr<const TlsContext>()>;

struct GatewayOptions {
  ListenAddress address;         ///< Without a host: all of IPv6, and IPv4 unless told otherwise.
  bool only_ipv6 = false;        ///< IPv4 is somebody else's, on the same port.
  std::uint16_t inner_port = 0;  ///< Of the server inside, on 127.0.0.1.
  TlsSource tls = {};            ///< Null: without TLS.
};

/// Accepts clients by IPv6 and TLS, which the HTTP library on Debian has not, and passes what they
/// say on to it. One thread for all of them, which never blocks; at most kMostConnections: past
/// that the one that has waited longest to be served gives way, else the newcomer.
class Gateway {
 public:
  static constexpr std::size_t kMostConnections = 256;

  /// Begins to listen and to accept. `clients` outlives it. Errors: kInvalidInput: the address is
  /// busy or not this machine's.
  static Result<std::unique_ptr<Gateway>> Open(const GatewayOptions& options, ClientTable& clients,
                                               const Logger& log);

  /// Cuts the connections that are left once what was answered has been sent, a fifth of a second
  /// at most.
  ~Gateway();

  Gateway(const Gateway&) = delete;
  Gateway& operator=(const Gateway&) = delete;

  /// Accepts no more clients; those that are served still are. Thread-safe.
  void StopAccepting();

  std::uint16_t port() const { return port_; }

 private:
  Gateway(GatewayOptions options, ClientTable& clients, Logger log, Descriptor listener);

  struct Entry {
    std::unique_ptr<GatewayConnection> connection;
    bool is_ready = false;  ///< One of its sockets, as of the last Wait.
  };

  void Run(const std::stop_token& stop);
  void Wait(Duration limit);
  void Wake() const;
  void Accept(SteadyTime now);
  bool MakeRoom();

  const GatewayOptions options_;
  ClientTable& clients_;
  const Logger log_;
  const Descriptor wakeup_;  ///< An eventfd.
  std::uint16_t port_ = 0;
  std::atomic<bool> accepting_{true};
  // The thread's alone:
  Descriptor listener_;
  bool listener_is_ready_ = false;
  std::vector<Entry> connections_;  // In the order of their coming.
  std::jthread thread_;             // Last: it uses the others.
};

}  // namespace hakem::web
