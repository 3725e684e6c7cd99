#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

#include "model/log.h"
#include "model/mutex.h"
#include "model/result.h"
#include "web/access/doorkeeper.h"
#include "web/access/tls_context.h"
#include "web/gateway/buffer_budget.h"
#include "web/gateway/connection.h"
#include "web/gateway/exchange.h"
#include "web/http/client_log.h"
#include "web/http/descriptor.h"
#include "web/http/listen_address.h"

namespace hakem::web {

/// What the next connection begins with; asked for each, so that new certificates count at once.
using TlsSource = std::function<std::shared_ptr<const TlsContext>()>;

struct GatewayOptions {
  ListenAddress address;
  TlsSource tls = {};          ///< Null: without TLS.
  Doorkeeper* door = nullptr;  ///< Null: everyone is let in. Outlives the gateway.
  RequestLimits limits = {};
  Patience patience = {};
  std::size_t most_connections = 1000;
  std::size_t buffer_bytes = 64 << 20;  ///< For requests and answers of all clients: BufferBudget.
};

/// The front: takes all connections, by IPv4, IPv6 and TLS, and has one thread for them, which
/// never blocks. It reads requests under limits and deadlines, has them let in by their heads, and
/// hands only whole requests to the HTTP workers, by the exchange; it sends the answers. So a
/// client costs no worker by being slow, silent or a stranger.
///
/// At `most_connections`, or when no descriptor is left, the one that has been waited for the
/// longest is closed for a newcomer. Queries may take three quarters of the workers, so that
/// /metrics and /-/healthy are answered beside them; what finds no worker waits its turn.
class Gateway {
 public:
  /// Begins to listen and to accept. `workers`: for each slot of `exchange` a connection to the
  /// worker that answers it, which does not block. `exchange` outlives the gateway.
  /// Errors: kInvalidInput: the address is busy or not this machine's; kUnavailable: the system
  /// has no descriptor.
  static Result<std::unique_ptr<Gateway>> Open(const GatewayOptions& options, Exchange& exchange,
                                               std::vector<Descriptor> workers, const Logger& log);

  /// Accepts no more and ends the connections: answers under way get half a second to be sent.
  /// Closes the connections to the workers.
  ~Gateway();

  Gateway(const Gateway&) = delete;
  Gateway& operator=(const Gateway&) = delete;

  std::uint16_t port() const { return port_; }

 private:
  using Id = std::uint64_t;

  struct Entry {
    std::unique_ptr<Connection> connection;
    std::uint32_t watched = 0;  ///< Events that epoll was told; 0 also: none yet.
    bool is_watched = false;
    std::size_t charged = 0;          ///< In the budget, without bodies.
    BufferBudget::Bodies bodies{};    ///< Charged, while it writes.
    std::size_t slot = 0;             ///< While it runs.
    std::list<Id>::iterator place{};  ///< In waiting_, if is_waiting.
    bool is_waiting = false;
  };

  /// The connection to a worker.
  struct Worker {
    Descriptor socket;
    std::string summons;
    Id client = 0;  ///< Whose request it answers; 0: nobody's, or somebody's who has gone.
    bool runs_query = false;
    std::size_t received = 0;
    SteadyTime last_used;
  };

  /// Verdicts on their way to the thread; outlives the gateway.
  struct Mailbox {
    explicit Mailbox(int eventfd) : wakeup(eventfd) {}

    Mutex mutex;
    std::vector<std::pair<Id, Verdict>> verdicts GUARDED_BY(mutex);
    const Descriptor wakeup;  ///< An eventfd.
  };

  Gateway(GatewayOptions options, Exchange& exchange, std::vector<Descriptor> workers,
          const Logger& log, Descriptor listener, Descriptor epoll, int wakeup);

  void Run(const std::stop_token& stop);
  void WaitAndHandle(Duration limit);
  void Handle(std::uint64_t tag, std::uint32_t events);
  void HandleClient(Id id, std::uint32_t events);
  void TakeVerdicts();

  void AcceptAll();
  bool AcceptOne();
  bool FindDescriptor();
  void PauseAccepting();
  bool MakeRoom();
  bool CloseOldest();

  void Serve(Entry& entry);
  bool Judge(Entry& entry);
  void Apply(Entry& entry, Verdict verdict);
  void Submit(Entry& entry);
  void Refuse(Entry& entry, Response response);
  void Send(Entry& entry, Response response, bool may_keep);
  void NoteFailedGreeting(const Connection& connection);
  void Watch(Entry& entry);
  void Charge(Entry& entry);
  void Relieve(const Entry& spared);
  void Close(Entry& entry);
  void Close(Id id);

  void Dispatch();
  bool DispatchFrom(std::deque<Id>& queue, bool is_query);
  void Start(std::size_t index, Entry& entry, bool is_query);
  bool Summon(std::size_t index);
  void HandleWorker(std::size_t index);
  void Finish(std::size_t index);
  void Lose(std::size_t index);
  void KeepWorkersAwake();

  void DropGone();
  void Tick();
  void GiveMemoryBack();
  void EndOverdue(Id id);
  void CutSlowReaders();
  void CloseIdle();
  bool IsServing() const;

  const GatewayOptions options_;
  Exchange& exchange_;
  const Logger log_;
  ClientLog client_log_;
  const Descriptor epoll_;
  const std::shared_ptr<Mailbox> mailbox_;
  std::uint16_t port_ = 0;

  // The thread's alone:
  Descriptor listener_;
  Descriptor spare_;  ///< Closed to accept, and close, a client when no descriptor is left.
  SteadyTime now_;
  SteadyTime next_tick_;
  SteadyTime next_accept_;  ///< Not before, when the system had no memory for a client.
  SteadyTime next_trim_;
  std::size_t answered_ = 0;   ///< Since memory was last given back, as the next.
  std::size_t most_used_ = 0;  ///< Of the budget.
  bool listener_is_watched_ = true;
  bool stopping_ = false;
  std::vector<char> scratch_;
  BufferBudget budget_;
  Id last_id_;
  std::unordered_map<Id, Entry> connections_;
  std::list<Id> waiting_;  ///< Those that wait for their clients, the oldest first.
  std::vector<Worker> workers_;
  std::vector<std::size_t> free_workers_;
  std::size_t most_queries_ = 0;
  std::size_t queries_ = 0;
  std::deque<Id> pages_queue_;
  std::deque<Id> queries_queue_;
  std::jthread thread_;  // Last: it uses the others.
};

}  // namespace hakem::web
