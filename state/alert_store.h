#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "rules/alert_store.h"
#include "state/database.h"

namespace hakem::state {

/// How many transitions of alerts the journal keeps; older ones are deleted.
inline constexpr std::int64_t kJournalLength = 100'000;

/// Keeps alerts in hakem.db: one row for each alert, the last evaluation of each group, and the
/// journal of transitions. Thread-safe.
class AlertStore final : public rules::AlertStore {
 public:
  /// `database` outlives this.
  explicit AlertStore(Database& database) : database_(database) {}

  Result<rules::StoredAlerts> Load() override;

  Result<void> Save(std::string_view group, Timestamp time,
                    std::span<const rules::AlertChange> changes) override;

  Result<void> DeleteGroups(std::span<const std::string> groups, Timestamp time,
                            std::span<const rules::AlertChange> changes) override;

 private:
  Database& database_;
};

}  // namespace hakem::state
