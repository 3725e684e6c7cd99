#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "model/time.h"
#include "web/gateway/channel.h"
#include "web/gateway/outgoing_response.h"
#include "web/gateway/request_parser.h"
#include "web/http/descriptor.h"

namespace hakem::web {

/// How long a client, or what it waits for, may take.
struct ClientTimeouts {
  Duration request = std::chrono::seconds(10);       ///< From the first byte to the last.
  Duration first_byte = std::chrono::seconds(10);    ///< After connecting, with the TLS handshake.
  Duration next_request = std::chrono::seconds(60);  ///< Until the first byte of the next one.
  Duration verdict = std::chrono::seconds(10);       ///< For the check of a password.
  Duration worker = std::chrono::seconds(30);        ///< Until a worker is free.
  Duration read_stall = std::chrono::seconds(10);    ///< Without reading any of its response.
  Duration drain = std::chrono::seconds(1);          ///< Until it closes after the last response.
};

/// A client's connection: reads requests and sends responses, without ever blocking. The gateway
/// decides what happens in between. Used by one thread.
class Connection {
 public:
  enum class Stage {
    kHandshake,  ///< The TLS handshake is under way. Passed at once without TLS.
    kReading,    ///< Waits for a request, or for the rest of one.
    kJudging,    ///< The head is complete; waits for the verdict whether it is let in.
    kQueued,     ///< The request is complete and waits for a worker.
    kRunning,    ///< A worker has the request.
    kWriting,    ///< The response is being sent.
    kDraining,   ///< Reads and drops input after the last response: closing a socket with unread
                 ///< input would reset it before the client has read the response.
  };

  /// What the connection needs in order to go on.
  enum class Need {
    kSocket,   ///< Its socket must become ready for wanted_events().
    kVerdict,  ///< Call Admit() or Respond() after looking at request().
    kWorker,   ///< Have a worker answer the request, then call Respond().
    kRefusal,  ///< Call Respond() with what rejection() says.
    kEnd,      ///< It must be closed.
  };

  /// `timeouts` outlives it.
  Connection(std::uint64_t id, Descriptor socket, std::unique_ptr<Channel> channel, Client client,
             const RequestLimits& limits, const ClientTimeouts& timeouts, SteadyTime now);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection() = default;

  /// Does everything that can be done now. `scratch` is a buffer to read into, of at least 16 KiB.
  Need Advance(SteadyTime now, std::span<char> scratch);

  /// Lets in the request whose head is complete. Requires: stage() is kJudging.
  void Admit(bool authenticated, SteadyTime now);

  /// Begins to send a response. `may_keep` says whether the connection may be used for another
  /// request afterwards; it is closed anyway if the request was not complete. May be called at any
  /// stage but kWriting and kDraining.
  void Respond(Response response, bool may_keep, SteadyTime now);

  /// The request. May be moved from after BeginRunning().
  Request& request() { return parser_.request(); }

  /// Notes that a worker gets the request.
  void BeginRunning(SteadyTime now);

  /// Notes that the client sends no more.
  void SetPeerEnded() { peer_ended_ = true; }

  bool peer_ended() const { return peer_ended_; }

  /// Whether the client, or what it waits for, has taken too long.
  bool IsOverdue(SteadyTime now) const { return now >= deadline_; }

  /// Whether it waits for its client, so that it may be closed in favour of another.
  bool waits_for_client() const {
    return stage_ == Stage::kHandshake || stage_ == Stage::kReading || stage_ == Stage::kDraining;
  }

  /// Whether the first byte of a request has come.
  bool has_begun() const { return parser_.has_begun(); }

  /// Approximate bytes that any connection takes, before its client has sent anything.
  static std::size_t LeastBytes();

  /// Approximate bytes that this connection takes, without the bodies of responses.
  std::size_t held_bytes() const;

  /// Events of epoll(7) that it waits for.
  std::uint32_t wanted_events() const;

  std::uint64_t id() const { return id_; }

  int fd() const { return socket_.get(); }

  Stage stage() const { return stage_; }

  /// When it entered the stage.
  SteadyTime since() const { return since_; }

  const Client& client() const { return client_; }

  const Rejection& rejection() const { return parser_.rejection(); }

  std::string_view target() const { return parser_.target(); }

  const OutgoingResponse& outgoing() const { return response_; }

  const Channel& channel() const { return *channel_; }

 private:
  enum class Step { kGoOn, kBlocked, kEnd };

  void Enter(Stage stage, SteadyTime now, Duration timeout);
  Step Handshake(SteadyTime now);
  Step CheckForTls(SteadyTime now);
  std::optional<Need> Read(SteadyTime now, std::span<char> scratch);
  std::optional<Need> Parse(SteadyTime now, std::string_view fresh);
  Step Write(SteadyTime now);
  Step Drain(std::span<char> scratch);
  void AwaitNextRequest(SteadyTime now);

  const std::uint64_t id_;
  const Descriptor socket_;
  const std::unique_ptr<Channel> channel_;
  const ClientTimeouts& timeouts_;
  Client client_;
  Stage stage_ = Stage::kHandshake;
  SteadyTime since_;
  SteadyTime deadline_;
  SteadyTime request_deadline_;
  RequestParser parser_;
  std::string unread_;  ///< Received, but not parsed yet.
  std::size_t running_bytes_ = 0;
  OutgoingResponse response_;
  bool tls_seen_ = false;
  bool keep_ = false;
  bool is_head_request_ = false;
  bool read_waits_for_output_ = false;  ///< A read or the handshake waits until it can write.
  bool write_waits_for_input_ = false;  ///< A write waits until it can read.
  bool peer_ended_ = false;
};

}  // namespace hakem::web
