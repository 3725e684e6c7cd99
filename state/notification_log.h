#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "alertmanager/notification_log.h"
#include "state/database.h"

namespace hakem::state {

/// Keeps in hakem.db what receivers were notified of: one row for each incident and channel.
/// Thread-safe.
class NotificationLog final : public alertmanager::NotificationLog {
 public:
  /// `database` outlives this.
  explicit NotificationLog(Database& database) : database_(database) {}

  /// Leaves out rows that are damaged.
  Result<std::vector<alertmanager::NotifiedIncident>> Load(std::string_view receiver,
                                                           std::string_view integration) override;

  Result<void> Save(std::string_view receiver, std::string_view integration,
                    std::span<const alertmanager::NotifiedIncident> firing,
                    std::span<const alertmanager::IncidentId> ended) override;

 private:
  Database& database_;
};

}  // namespace hakem::state
