#pragma once

#include <cstdint>
#include <map>
#include <optional>

#include "model/mutex.h"
#include "web/http.h"

namespace hakem::web {

/// Whom the gateway speaks for, by the port of its connection to the server inside. A connection
/// from a port that is not here is none of the gateway's. Thread-safe.
class ClientTable {
 public:
  void Put(std::uint16_t port, Client client) {
    const MutexLock lock(mutex_);
    clients_[port] = std::move(client);
  }

  void Remove(std::uint16_t port) {
    const MutexLock lock(mutex_);
    clients_.erase(port);
  }

  std::optional<Client> Find(std::uint16_t port) const {
    const MutexLock lock(mutex_);
    const auto found = clients_.find(port);
    return found == clients_.end() ? std::nullopt : std::optional(found->second);
  }

 private:
  mutable Mutex mutex_;
  std::map<std::uint16_t, Client> clients_ GUARDED_BY(mutex_);
};

}  // namespace hakem::web
