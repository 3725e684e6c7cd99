#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <stop_token>
#include <thread>
#include <vector>

#include "model/instruments.h"
#include "model/log.h"
#include "model/result.h"
#include "web/access/authorizer.h"
#include "web/access/tls_context.h"
#include "web/gateway/acceptor.h"
#include "web/gateway/burst_trimmer.h"
#include "web/gateway/connection_table.h"
#include "web/gateway/exchange.h"
#include "web/gateway/verdict_mailbox.h"
#include "web/gateway/worker_pool.h"
#include "web/http/client_log.h"
#include "web/http/descriptor.h"
#include "web/http/listen_address.h"
#include "web/http/refusal_counter.h"

namespace hakem::web {

/// Returns the TLS context for a new connection. Called for each, so that it picks up new
/// certificates at once.
using TlsSource = std::function<std::shared_ptr<const TlsContext>()>;

/// Returns whether a request is answered soon, whatever its client sends. Never throws. Called by
/// the gateway's thread.
using AtOnceTest = std::function<bool(const Request&)>;

struct GatewayOptions {
  ListenAddress address;
  TlsSource tls = {};                ///< Null: without TLS.
  Authorizer* authorizer = nullptr;  ///< Null: everyone is let in. Outlives the gateway.
  Instruments* instruments =
      nullptr;                      ///< Counts refusals. Null: they are not. Outlives the gateway.
  AtOnceTest answers_at_once = {};  ///< Null: no request is.
  RequestLimits limits = {};
  ClientTimeouts timeouts = {};
  std::size_t most_connections = 1000;
  std::size_t buffer_bytes = 64 << 20;  ///< For requests and answers of all clients together.
};

/// Takes all connections to the HTTP server, by IPv4, IPv6 and TLS. One thread, which never blocks,
/// handles them. It reads requests under limits and deadlines, has their heads checked by the
/// authorizer, hands whole requests to the HTTP workers and sends the answers. So a client that is
/// slow, silent or not authenticated occupies no worker.
///
/// At `most_connections`, or when the process has no descriptor left, the connection that has
/// waited for its client longest is closed in favour of a new one. Requests that find no free
/// worker are queued. Those that are not answered at once are called queries: they may not occupy
/// all workers, so that `/metrics` and health checks always find one.
class Gateway {
 public:
  /// Begins to listen and to accept clients. `workers` has a connection, which does not block, to
  /// the worker that answers each slot of `exchange`. `exchange` outlives the gateway.
  /// Errors: kInvalidInput: the address is busy or not this machine's; kUnavailable: the system
  /// has no descriptor.
  static Result<std::unique_ptr<Gateway>> Open(const GatewayOptions& options, Exchange& exchange,
                                               std::vector<Descriptor> workers, const Logger& log);

  /// Accepts no more clients and closes all connections; running requests get half a second to be
  /// answered. Closes the connections to the workers.
  ~Gateway();

  Gateway(const Gateway&) = delete;
  Gateway& operator=(const Gateway&) = delete;

  std::uint16_t port() const { return port_; }

 private:
  using Id = ConnectionTable::Id;
  using Entry = ConnectionTable::Entry;

  Gateway(GatewayOptions options, Exchange& exchange, std::vector<Descriptor> workers,
          const Logger& log, Descriptor listener, Descriptor epoll, int wakeup);

  void Run(const std::stop_token& stop);
  void BeginStop();
  void WaitAndHandle(Duration limit);
  void Handle(std::uint64_t tag, std::uint32_t events);
  void HandleClient(Id id, std::uint32_t events);
  void HandleWorker(std::size_t index);
  void ApplyVerdicts();
  void Tick();

  void AcceptClients();
  bool AcceptOne();
  bool MakeDescriptorFree();
  void AddConnection(Accepted client);

  void Serve(Entry& entry);
  bool Judge(Entry& entry);
  void Apply(Entry& entry, Verdict verdict);
  void Refuse(Entry& entry, RefusalReason reason, Response response);
  void Send(Entry& entry, Response response, bool may_keep);
  void LogFailedHandshake(const Connection& connection);

  bool IsQuery(const Request& request) const;
  void Enqueue(Entry& entry);
  void RemoveFromQueues(Id id);
  void Dispatch();
  bool DispatchFrom(std::deque<Id>& queue, bool is_query);
  void Start(Entry& entry, bool is_query);
  void Finish(WorkerPool::Message message);

  void Close(Entry& entry);
  void Close(Id id);
  void CloseForMemory(Id id);
  void CloseGone();
  void EndOverdue(Id id);

  const GatewayOptions options_;
  ClientLog client_log_;
  const RefusalCounter refusals_;
  const Descriptor epoll_;
  const std::shared_ptr<VerdictMailbox> mailbox_;
  std::uint16_t port_ = 0;

  // Used by the thread alone:
  SteadyTime now_;
  SteadyTime next_tick_;
  bool stopping_ = false;
  std::vector<char> scratch_;
  Id last_id_;
  Acceptor acceptor_;
  ConnectionTable connections_;
  WorkerPool workers_;
  std::deque<Id> page_queue_;
  std::deque<Id> query_queue_;
  BurstTrimmer trimmer_;
  std::jthread thread_;  // Last: it uses the others.
};

}  // namespace hakem::web
