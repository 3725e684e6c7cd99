#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/log.h"
#include "model/time.h"
#include "web/gateway/exchange.h"
#include "web/http/descriptor.h"

namespace hakem::web {

/// The gateway's end of the HTTP workers: hands requests to free workers and takes their answers.
/// Never blocks. Used by one thread.
class WorkerPool {
 public:
  using ClientId = std::uint64_t;  ///< Never 0.

  /// What came from a worker.
  struct Message {
    enum class Kind {
      kNothing,
      kAnswered,  ///< The worker has answered, and is free again.
      kLost,      ///< The connection to the worker is broken. The other workers go on.
    };
    Kind kind = Kind::kNothing;
    ClientId client = 0;                 ///< Whose request it was; 0 when that client has left.
    std::optional<Response> response{};  ///< Empty when there was no memory for an answer.
  };

  /// `sockets[i]` is the connection, which does not block, to the worker that answers slot i of
  /// `exchange`, which outlives the pool.
  WorkerPool(Exchange& exchange, std::vector<Descriptor> sockets, const Logger& log,
             SteadyTime now);

  std::size_t size() const { return workers_.size(); }

  int fd(std::size_t index) const { return workers_[index].socket.get(); }

  bool has_free() const { return !free_.empty(); }

  /// Whether a worker may take a query. Queries may use three quarters of the workers, so that
  /// /metrics and /-/healthy are answered even while many queries run.
  bool has_free_for_query() const { return has_free() && queries_ < most_queries_; }

  /// Whether a worker is working for a client that still waits.
  bool serves_clients() const;

  /// Hands a request to a free worker and returns the worker's index. Nothing when the worker was
  /// lost with the request. Requires: has_free().
  std::optional<std::size_t> Start(ClientId client, Request request, bool is_query, SteadyTime now);

  /// Lets the handler see that the client sends no more, so that long work may be cancelled.
  void NoteClientEnded(std::size_t index);

  /// Drops the client of a running request: its answer will be discarded.
  void Abandon(std::size_t index);

  /// Reads from a worker's connection, to be called when that is ready.
  Message Receive(std::size_t index);

  /// Sends an empty request to workers that have been idle for long, because CivetWeb would close
  /// their connections after some weeks.
  void KeepAlive(SteadyTime now);

  /// From now on, losing a worker is not logged as an error.
  void BeginStop() { stopping_ = true; }

  /// Closes the connections to all workers, which end then.
  void CloseAll() { workers_.clear(); }

 private:
  struct Worker {
    Descriptor socket;
    std::string wake_request;
    ClientId client = 0;  ///< Whose request it answers; 0 when idle or when the client has left.
    bool runs_query = false;
    std::size_t received = 0;  ///< Bytes of the signal that the slot was answered.
    SteadyTime last_used;
  };

  bool SendWakeRequest(std::size_t index, SteadyTime now);
  Message TakeAnswer(std::size_t index);
  Message Lose(std::size_t index);
  ClientId Release(std::size_t index);

  Exchange& exchange_;
  const Logger log_;
  std::vector<Worker> workers_;
  std::vector<std::size_t> free_;  ///< Indices of idle workers.
  std::size_t most_queries_ = 0;
  std::size_t queries_ = 0;  ///< Running at present.
  bool stopping_ = false;
};

}  // namespace hakem::web
