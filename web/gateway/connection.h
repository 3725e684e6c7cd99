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
#include "web/gateway/outgoing_answer.h"
#include "web/gateway/request_parser.h"
#include "web/http/descriptor.h"

namespace hakem::web {

/// How long a client may take.
struct Patience {
  Duration request = std::chrono::seconds(10);     ///< From its first byte to its last.
  Duration first_byte = std::chrono::seconds(10);  ///< From the connecting, TLS included.
  Duration next_request = std::chrono::seconds(60);
  Duration verdict = std::chrono::seconds(10);  ///< For a password to be checked.
  Duration worker = std::chrono::seconds(30);   ///< For a worker to be free.
  Duration reading = std::chrono::seconds(10);  ///< For a client that takes nothing of its answer.
  Duration farewell = std::chrono::seconds(1);
};

/// A client's connection: reads requests from it and sends answers to it, without ever blocking.
/// What happens between the two is the gateway's. Used by one thread.
class Connection {
 public:
  enum class Stage {
    kGreeting,  ///< TLS is being agreed on.
    kReading,   ///< A request is awaited, or comes.
    kJudging,   ///< The head is there; whether it is let in is being found out.
    kQueued,    ///< The request is whole and waits for a worker.
    kRunning,   ///< A worker has it.
    kWriting,
    kFarewell,  ///< All was sent; what still comes is read away, so that the answer is not lost.
  };

  /// What it needs to get on.
  enum class Need {
    kSocket,   ///< That its socket is ready: wanted_events().
    kVerdict,  ///< Admit or Answer, after a look at request().
    kWorker,   ///< That somebody takes the request, and Answer.
    kRefusal,  ///< Answer with what rejection() says.
    kEnd,      ///< To be closed.
  };

  /// `patience` outlives it.
  Connection(std::uint64_t id, Descriptor socket, std::unique_ptr<Channel> channel, Client client,
             const RequestLimits& limits, const Patience& patience, SteadyTime now);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// Does whatever can be done now. `scratch`: where bytes are read to, at least 16 KiB.
  Need Advance(SteadyTime now, std::span<char> scratch);

  /// Lets the request in whose head is there. Requires: stage() is kJudging.
  void Admit(bool authenticated, SteadyTime now);

  /// Begins to send an answer. `may_keep`: whether the connection may be kept afterwards; it is
  /// not when the request did not come to its end. May be called at any stage but the last two.
  void Answer(Response response, bool may_keep, SteadyTime now);

  /// The request, to be moved from when it is handed to a worker, which Ran() says.
  Request& request() { return parser_.request(); }

  void Ran(SteadyTime now);

  /// The client sends no more.
  void PeerEnded() { peer_ended_ = true; }

  bool peer_ended() const { return peer_ended_; }

  /// Whether the client, or what it waits for, has taken too long.
  bool IsOverdue(SteadyTime now) const { return now >= deadline_; }

  /// Whether it is the client that is waited for, so that it can give way to another.
  bool waits_for_client() const {
    return stage_ == Stage::kGreeting || stage_ == Stage::kReading || stage_ == Stage::kFarewell;
  }

  /// Whether a request has begun to come.
  bool has_begun() const { return parser_.has_begun(); }

  /// About what is kept for any connection, before its client has said anything.
  static std::size_t LeastBytes();

  /// Bytes kept for it, without bodies of answers.
  std::size_t held_bytes() const;

  /// Events of epoll(7).
  std::uint32_t wanted_events() const;

  std::uint64_t id() const { return id_; }

  int fd() const { return socket_.get(); }

  Stage stage() const { return stage_; }

  /// Since when it is at this stage.
  SteadyTime since() const { return since_; }

  const Client& client() const { return client_; }

  const Rejection& rejection() const { return parser_.rejection(); }

  std::string_view target() const { return parser_.target(); }

  const OutgoingAnswer& outgoing() const { return answer_; }

  const Channel& channel() const { return *channel_; }

 private:
  enum class Step { kGoOn, kBlocked, kEnd };

  void Enter(Stage stage, SteadyTime now, Duration patience);
  Step Greet(SteadyTime now);
  Step LooksLikeTls(SteadyTime now);
  std::optional<Need> Read(SteadyTime now, std::span<char> scratch);
  std::optional<Need> Parse(SteadyTime now, std::string_view fresh);
  Step Write(SteadyTime now);
  Step SayFarewell(std::span<char> scratch);
  void AwaitNextRequest(SteadyTime now);

  const std::uint64_t id_;
  const Descriptor socket_;
  const std::unique_ptr<Channel> channel_;
  const Patience& patience_;
  Client client_;
  Stage stage_ = Stage::kGreeting;
  SteadyTime since_;
  SteadyTime deadline_;
  SteadyTime request_deadline_;
  RequestParser parser_;
  std::string unread_;  ///< Came, but belongs to what follows what was parsed.
  std::size_t running_bytes_ = 0;
  OutgoingAnswer answer_;
  bool tls_seen_ = false;
  bool keep_ = false;
  bool is_head_request_ = false;
  bool read_crossed_ = false;   ///< A read, or the greeting, waits until it can write.
  bool write_crossed_ = false;  ///< A write waits until it can read.
  bool peer_ended_ = false;
};

}  // namespace hakem::web
