#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "model/time.h"
#include "web/gateway/buffer_budget.h"
#include "web/gateway/connection.h"
#include "web/http/descriptor.h"
#include "web/http/refusal_counter.h"

namespace hakem::web {

/// The connections of all clients. Has an epoll instance watch them, counts the memory that they
/// take, and closes some when memory or connections run short. Used by one thread.
///
/// It never closes a connection that waits for a verdict or for a worker, or whose request a worker
/// has, unless Close() says so: only those that wait for their client, or whose client reads its
/// answer too slowly.
class ConnectionTable {
 public:
  using Id = std::uint64_t;

  /// A connection and what the table and its owner note about it. Stays at its place in memory
  /// until it is closed.
  class Entry {
   public:
    explicit Entry(std::unique_ptr<Connection> added) : connection(std::move(added)) {}

    const std::unique_ptr<Connection> connection;
    std::optional<std::size_t> worker;  ///< The owner's note: the worker that has the request.

   private:
    friend class ConnectionTable;

    std::uint32_t watched_events_ = 0;  ///< Only if is_watched_.
    bool is_watched_ = false;
    std::size_t charged_bytes_ = 0;          ///< Counted in the budget, without bodies of answers.
    BufferBudget::Bodies charged_bodies_{};  ///< Counted in the budget, while it writes.
    std::list<Id>::iterator place_{};        ///< In waiting_, only if is_waiting_.
    bool is_waiting_ = false;
  };

  /// Events of `epoll`, which outlives the table, carry the connection's id. The table holds at
  /// most `most_connections`; all of them together should take at most `buffer_bytes`.
  /// Connections that it closes for others or for lack of memory are counted in `refusals`.
  ConnectionTable(const Descriptor& epoll, std::size_t most_connections, std::size_t buffer_bytes,
                  RefusalCounter refusals);

  /// Closes connections until another one can be added. False when all are busy.
  bool MakeRoom();

  /// Closes the connection that has waited for its client longest, and counts that for `reason`.
  /// False when none waits.
  bool CloseOldestWaiting(RefusalReason reason);

  /// Its id must be new.
  Entry& Add(std::unique_ptr<Connection> connection);

  /// Null when it has been closed.
  Entry* Find(Id id);

  /// Any connection; null when there is none.
  Entry* Any() { return entries_.empty() ? nullptr : &entries_.begin()->second; }

  /// To be called when a connection may have changed: updates the events that epoll watches for,
  /// the order of waiting connections, and the budget. When memory is short it closes others, never
  /// this one: those of which most has come without being a whole request, until a tenth of the
  /// budget is free.
  void Update(Entry& entry);

  /// Destroys the entry and its connection.
  void Close(Entry& entry);

  /// Closes the connections that have no request.
  void CloseIdle();

  /// While memory is short, closes connections whose clients read less than 256 KiB a second.
  void CloseSlowReaders(SteadyTime now);

  /// The connections whose client, or whatever they wait for, has taken too long.
  std::vector<Id> Overdue(SteadyTime now) const;

  const BufferBudget& budget() const { return budget_; }

  std::size_t size() const { return entries_.size(); }

 private:
  void Charge(Entry& entry);
  void RelieveMemory(const Entry& spared);
  void CloseForMemory(Id id);

  const Descriptor& epoll_;
  const std::size_t most_connections_;
  BufferBudget budget_;
  const RefusalCounter refusals_;
  std::unordered_map<Id, Entry> entries_;
  std::list<Id> waiting_;  ///< Those that wait for their clients, the oldest first.
};

}  // namespace hakem::web
