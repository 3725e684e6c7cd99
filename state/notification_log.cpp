#include "state/notification_log.h"

#include <bit>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "state/columns.h"

namespace hakem::state {

using alertmanager::IncidentId;
using alertmanager::NotifiedIncident;
using alertmanager::Outcome;

namespace {

/// SQLite has no unsigned integers.
std::int64_t FingerprintValue(const IncidentId& id) {
  return std::bit_cast<std::int64_t>(id.fingerprint);
}

std::int64_t StartValue(const IncidentId& id) {
  return id.starts_at.time_since_epoch().count();
}

/// Returns the incident of a row; nothing if the row is damaged.
std::optional<NotifiedIncident> ReadIncident(const Row& row) {
  auto labels = LabelsAt(row, 3);
  auto annotations = TextsAt(row, 4);
  const std::int64_t outcome = row.Integer(2);
  const bool is_outcome = outcome >= 0 && outcome <= static_cast<std::int64_t>(Outcome::kDelivered);
  if (!labels || !annotations || !is_outcome) {
    return std::nullopt;
  }
  NotifiedIncident incident{.alert = {.labels = *std::move(labels),
                                      .annotations = *std::move(annotations),
                                      .starts_at = Timestamp(Duration(row.Integer(1))),
                                      .ends_at = std::nullopt,
                                      .generator_url = std::string(row.Text(5)),
                                      .value = NumberAt(row, 6)},
                            .outcome = static_cast<Outcome>(outcome)};
  const bool has_its_key = FingerprintValue(IncidentId::Of(incident.alert)) == row.Integer(0);
  return has_its_key ? std::optional(std::move(incident)) : std::nullopt;
}

Result<void> SaveIncident(Database::Transaction& transaction, std::string_view receiver,
                          std::string_view integration, const NotifiedIncident& incident) {
  const Alert& alert = incident.alert;
  const IncidentId id = IncidentId::Of(alert);
  const std::string labels = Encode(alert.labels);
  const std::string annotations = Encode(alert.annotations);
  return transaction.Run(
      "INSERT OR REPLACE INTO notified (receiver, integration, fingerprint, starts_at, outcome, "
      "labels, annotations, generator_url, value) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
      {receiver, integration, FingerprintValue(id), StartValue(id),
       static_cast<std::int64_t>(incident.outcome), Blob{labels}, Blob{annotations},
       std::string_view(alert.generator_url), NumberValue(alert.value)});
}

}  // namespace

Result<std::vector<NotifiedIncident>> NotificationLog::Load(std::string_view receiver,
                                                            std::string_view integration) {
  std::vector<NotifiedIncident> incidents;
  const Result<void> loaded = database_.Query(
      "SELECT fingerprint, starts_at, outcome, labels, annotations, generator_url, value "
      "FROM notified WHERE receiver = ?1 AND integration = ?2",
      {receiver, integration}, [&](const Row& row) {
        if (auto incident = ReadIncident(row)) {
          incidents.push_back(*std::move(incident));
        }
      });
  if (!loaded) {
    return Fail(loaded.error());
  }
  return incidents;
}

Result<void> NotificationLog::Save(std::string_view receiver, std::string_view integration,
                                   std::span<const NotifiedIncident> firing,
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
      saved = SaveIncident(transaction, receiver, integration, *each);
    }
    return saved;
  });
}

}  // namespace hakem::state
