#include "web/gateway/connection_table.h"

#include <sys/epoll.h>

#include <algorithm>
#include <utility>

namespace hakem::web {
namespace {

constexpr Duration kSlowReaderGrace = std::chrono::seconds(2);
constexpr double kLeastBytesPerSecond = 256 << 10;

}  // namespace

ConnectionTable::ConnectionTable(const Descriptor& epoll, std::size_t most_connections,
                                 std::size_t buffer_bytes, RefusalCounter refusals)
    : epoll_(epoll),
      most_connections_(most_connections),
      budget_(buffer_bytes),
      refusals_(refusals) {}

bool ConnectionTable::MakeRoom() {
  while (entries_.size() >= most_connections_) {
    if (!CloseOldestWaiting(RefusalReason::kConnections)) {
      return false;
    }
  }
  if (budget_.used() + Connection::LeastBytes() > budget_.limit()) {
    CloseOldestWaiting(RefusalReason::kMemory);  // One goes for one that comes.
  }
  return true;
}

bool ConnectionTable::CloseOldestWaiting(RefusalReason reason) {
  if (waiting_.empty()) {
    return false;
  }
  refusals_.Add(reason);
  Close(entries_.at(waiting_.front()));
  return true;
}

ConnectionTable::Entry& ConnectionTable::Add(std::unique_ptr<Connection> connection) {
  const Id id = connection->id();
  return entries_.try_emplace(id, std::move(connection)).first->second;
}

ConnectionTable::Entry* ConnectionTable::Find(Id id) {
  const auto found = entries_.find(id);
  return found == entries_.end() ? nullptr : &found->second;
}

void ConnectionTable::Update(Entry& entry) {
  const Connection& connection = *entry.connection;
  const std::uint32_t wanted = connection.wanted_events();
  if (!entry.is_watched_ || wanted != entry.watched_events_) {
    epoll_event event{};
    event.events = wanted;
    event.data.u64 = connection.id();
    epoll_ctl(epoll_.get(), entry.is_watched_ ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, connection.fd(),
              &event);
    entry.is_watched_ = true;
    entry.watched_events_ = wanted;
  }
  if (connection.waits_for_client() != entry.is_waiting_) {
    if (entry.is_waiting_) {
      waiting_.erase(entry.place_);
    } else {
      entry.place_ = waiting_.insert(waiting_.end(), connection.id());
    }
    entry.is_waiting_ = !entry.is_waiting_;
  }
  Charge(entry);
}

void ConnectionTable::Charge(Entry& entry) {
  const Connection& connection = *entry.connection;
  const std::size_t held = connection.held_bytes();
  budget_.Add(held);
  budget_.Remove(std::exchange(entry.charged_bytes_, held));
  const bool writes = connection.stage() == Connection::Stage::kWriting;
  if (writes && entry.charged_bodies_.empty()) {
    entry.charged_bodies_ = connection.outgoing().bodies();
    budget_.AddBodies(entry.charged_bodies_);
  } else if (!writes && !entry.charged_bodies_.empty()) {
    budget_.RemoveBodies(entry.charged_bodies_);
    entry.charged_bodies_.clear();
  }
  if (budget_.is_short()) {
    RelieveMemory(entry);
  }
}

void ConnectionTable::RelieveMemory(const Entry& spared) {
  const std::size_t enough = budget_.limit() - budget_.limit() / 10;
  std::vector<std::pair<std::size_t, Id>> candidates;
  for (const Id id : waiting_) {
    const Entry& entry = entries_.at(id);
    if (&entry != &spared && entry.charged_bytes_ > 0) {
      candidates.emplace_back(entry.charged_bytes_, id);
    }
  }
  std::stable_sort(candidates.begin(), candidates.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  for (const auto& [bytes, id] : candidates) {
    if (budget_.used() <= enough) {
      return;
    }
    CloseForMemory(id);
  }
}

void ConnectionTable::CloseForMemory(Id id) {
  refusals_.Add(RefusalReason::kMemory);
  Close(entries_.at(id));
}

void ConnectionTable::Close(Entry& entry) {
  if (entry.is_waiting_) {
    waiting_.erase(entry.place_);
  }
  budget_.RemoveBodies(entry.charged_bodies_);
  budget_.Remove(entry.charged_bytes_);
  entries_.erase(entry.connection->id());
}

void ConnectionTable::CloseIdle() {
  const std::vector<Id> waiting(waiting_.begin(), waiting_.end());
  for (const Id id : waiting) {
    Entry& entry = entries_.at(id);
    if (entry.connection->stage() != Connection::Stage::kDraining) {
      Close(entry);
    }
  }
}

void ConnectionTable::CloseSlowReaders(SteadyTime now) {
  if (!budget_.is_short()) {
    return;
  }
  std::vector<Id> slow;
  for (const auto& [id, entry] : entries_) {
    const Connection& connection = *entry.connection;
    const auto taken = now - connection.since();
    if (connection.stage() == Connection::Stage::kWriting && taken >= kSlowReaderGrace &&
        static_cast<double>(connection.outgoing().sent_bytes()) <
            kLeastBytesPerSecond * ToSeconds(taken)) {
      slow.push_back(id);
    }
  }
  for (const Id id : slow) {
    if (budget_.is_short()) {
      CloseForMemory(id);
    }
  }
}

std::vector<ConnectionTable::Id> ConnectionTable::Overdue(SteadyTime now) const {
  std::vector<Id> overdue;
  for (const auto& [id, entry] : entries_) {
    if (entry.connection->IsOverdue(now)) {
      overdue.push_back(id);
    }
  }
  return overdue;
}

}  // namespace hakem::web
