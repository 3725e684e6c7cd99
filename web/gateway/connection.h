#pragma once

#include <cstdint>
#include <memory>

#include "model/time.h"
#include "web/gateway/byte_queue.h"
#include "web/gateway/channel.h"
#include "web/gateway/client_table.h"
#include "web/server/descriptor.h"

namespace hakem::web {

/// A client has so long from its connecting until its first request; a connection that it leaves
/// unread so long is cut.
inline constexpr Duration kClientPatience = std::chrono::seconds(10);

/// A client's connection and the one that speaks for it to the server inside, which is made once
/// the client has been greeted and has asked something: who only connects, or is slow to greet,
/// takes none of the server's threads. Never blocks. Used by one thread.
class GatewayConnection {
 public:
  /// `context`: null without TLS. `clients` outlives it.
  GatewayConnection(Descriptor socket, Client client, std::shared_ptr<const TlsContext> context,
                    std::uint16_t inner_port, ClientTable& clients, SteadyTime now);
  ~GatewayConnection();
  GatewayConnection(const GatewayConnection&) = delete;
  GatewayConnection& operator=(const GatewayConnection&) = delete;

  /// Does whatever can be done now. False when the connection is over.
  bool Advance(SteadyTime now);

  /// Whether the client has let it wait for too long.
  bool IsOverdue(SteadyTime now) const;

  /// Whether the server inside has it.
  bool is_served() const { return stage_ == Stage::kServing; }

  // What to wait for: events of poll(2); 0: nothing.
  int client_fd() const { return socket_.get(); }

  int server_fd() const { return inside_.get(); }

  short client_events() const;
  short server_events() const;

 private:
  enum class Stage {
    kGreeting,
    kAwaitingRequest,
    kServing,
    kFarewell,  ///< All was sent; what still comes is read away, so that the answer is not lost.
  };

  bool Greet();
  bool LooksLikeTls();
  bool AwaitRequest();
  bool ConnectInside();
  bool Serve(SteadyTime now);
  bool SayFarewell();

  // Each moves bytes one step and says whether it could.
  bool ReadClient();
  bool WriteServer();
  bool ReadServer();
  bool WriteClient();

  const Descriptor socket_;
  const std::uint16_t inner_port_;
  ClientTable& clients_;
  Client client_;
  const std::unique_ptr<Channel> channel_;
  Descriptor inside_;
  std::uint16_t speaking_port_ = 0;  ///< Of inside_, in clients_; 0: none.
  Stage stage_ = Stage::kGreeting;
  SteadyTime last_moved_;
  ByteQueue to_server_;
  ByteQueue to_client_;
  bool tls_seen_ = false;
  bool read_crossed_ = false;   ///< A read, or the greeting, waits until it can write.
  bool write_crossed_ = false;  ///< A write waits until it can read.
  bool client_ended_ = false;
  bool server_told_ = false;
  bool server_ended_ = false;
  bool failed_ = false;
};

}  // namespace hakem::web
