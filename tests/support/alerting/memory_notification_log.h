#pragma once

#include <map>
#include <string>
#include <utility>

#include "alertmanager/notification_log.h"
#include "model/mutex.h"

namespace hakem::alertmanager {

/// Keeps what receivers were notified of in memory. Thread-safe.
class MemoryNotificationLog final : public NotificationLog {
 public:
  Result<NotifiedIncidents> Load(std::string_view receiver, std::string_view integration) override {
    const MutexLock lock(mutex_);
    return notified_[Key(receiver, integration)];
  }

  Result<void> Save(std::string_view receiver, std::string_view integration,
                    const NotifiedIncidents& firing, std::span<const IncidentId> ended) override {
    const MutexLock lock(mutex_);
    NotifiedIncidents& notified = notified_[Key(receiver, integration)];
    for (const IncidentId& id : ended) {
      notified.erase(id);
    }
    notified.insert(firing.begin(), firing.end());
    return {};
  }

  /// How many incidents a channel was notified of.
  std::size_t Count(std::string_view receiver, std::string_view integration) {
    const MutexLock lock(mutex_);
    return notified_[Key(receiver, integration)].size();
  }

 private:
  using ChannelKey = std::pair<std::string, std::string>;

  static ChannelKey Key(std::string_view receiver, std::string_view integration) {
    return {std::string(receiver), std::string(integration)};
  }

  Mutex mutex_;
  std::map<ChannelKey, NotifiedIncidents> notified_ GUARDED_BY(mutex_);
};

}  // namespace hakem::alertmanager
