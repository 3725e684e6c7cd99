#include "state/notification_log.h"

#include <bit>
#include <cstdint>

namespace hakem::state {

using alertmanager::IncidentId;
using alertmanager::Notified;
using alertmanager::NotifiedIncidents;

namespace {

/// SQLite has no unsigned integers.
std::int64_t FingerprintValue(const IncidentId& id) {
  return std::bit_cast<std::int64_t>(id.fingerprint);
}

std::int64_t StartValue(const IncidentId& id) {
  return id.starts_at.time_since_epoch().count();
}

}  // namespace

Result<NotifiedIncidents> NotificationLog::Load(std::string_view receiver,
                                                std::string_view integration) {
  NotifiedIncidents incidents;
  const Result<void> loaded = database_.Query(
      "SELECT fingerprint, starts_at, delivered FROM notified "
      "WHERE receiver = ?1 AND integration = ?2",
      {receiver, integration}, [&](const Row& row) {
        const IncidentId id{std::bit_cast<std::uint64_t>(row.Integer(0)),
                            Timestamp(Duration(row.Integer(1)))};
        incidents.emplace(id, row.Integer(2) != 0 ? Notified::kDelivered : Notified::kRefused);
      });
  if (!loaded) {
    return Fail(loaded.error());
  }
  return incidents;
}

Result<void> NotificationLog::Save(std::string_view receiver, std::string_view integration,
                                   const NotifiedIncidents& firing,
                                   std::span<const IncidentId> ended) {
  return database_.InTransaction([&](Database::Transaction& transaction) {
    Result<void> saved;
    for (auto each = ended.begin(); saved && each != ended.end(); ++each) {
      saved = transaction.Run(
          "DELETE FROM notified WHERE receiver = ?1 AND integration = ?2 AND fingerprint = ?3 "
          "AND starts_at = ?4",
          {receiver, integration, FingerprintValue(*each), StartValue(*each)});
    }
    for (auto each = firing.begin(); saved && each != firing.end(); ++each) {
      saved = transaction.Run(
          "INSERT OR REPLACE INTO notified (receiver, integration, fingerprint, starts_at, "
          "delivered) VALUES (?1, ?2, ?3, ?4, ?5)",
          {receiver, integration, FingerprintValue(each->first), StartValue(each->first),
           std::int64_t{each->second == Notified::kDelivered ? 1 : 0}});
    }
    return saved;
  });
}

}  // namespace hakem::state
