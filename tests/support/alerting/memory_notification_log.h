#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "alertmanager/notification_log.h"
#include "model/mutex.h"

namespace hakem::alertmanager {

/// Keeps what receivers were notified of in memory. Thread-safe.
class MemoryNotificationLog final : public NotificationLog {
 public:
  Result<std::vector<NotifiedIncident>> Load(std::string_view receiver,
                                             std::string_view integration) override {
    const MutexLock lock(mutex_);
    std::vector<NotifiedIncident> incidents;
    for (const auto& [id, incident] : notified_[Key(receiver, integration)]) {
      incidents.push_back(incident);
    }
    return incidents;
  }

  Result<void> Save(std::string_view receiver, std::string_view integration,
                    std::span<const NotifiedIncident> firing,
                    std::span<const IncidentId> ended) override {
    const MutexLock lock(mutex_);
    Incidents& notified = notified_[Key(receiver, integration)];
    for (const IncidentId& id : ended) {
      notified.erase(id);
    }
    for (const NotifiedIncident& incident : firing) {
      notified.insert_or_assign(IncidentId::Of(incident.alert), incident);
    }
    return {};
  }

  /// How many incidents a channel was notified of, or is to be.
  std::size_t Count(std::string_view receiver, std::string_view integration) {
    const MutexLock lock(mutex_);
    return notified_[Key(receiver, integration)].size();
  }

 private:
  using ChannelKey = std::pair<std::string, std::string>;
  using Incidents = std::map<IncidentId, NotifiedIncident>;

  static ChannelKey Key(std::string_view receiver, std::string_view integration) {
    return {std::string(receiver), std::string(integration)};
  }

  Mutex mutex_;
  std::map<ChannelKey, Incidents> notified_ GUARDED_BY(mutex_);
};

}  // namespace hakem::alertmanager
