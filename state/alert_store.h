#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/log.h"
#include "model/mutex.h"
#include "rules/alerts/alert_store.h"
#include "state/database.h"

namespace hakem::state {

/// How many transitions of alerts the journal keeps; older ones are deleted.
inline constexpr std::int64_t kJournalLength = 100'000;

/// Keeps alerts in hakem.db: one row for each alert, the last evaluation of each group, and the
/// journal of transitions. Thread-safe.
class AlertStore final : public rules::AlertStore {
 public:
  /// `database` outlives this.
  AlertStore(Database& database, Logger log) : database_(database), log_(std::move(log)) {}

  /// Rows that are damaged are logged and deleted.
  Result<rules::StoredAlerts> Load() override;

  Result<void> Save(std::string_view group, Timestamp time,
                    std::span<const rules::AlertChange> changes) override;

  Result<void> DeleteGroups(std::span<const std::string> groups, Timestamp time,
                            std::span<const rules::AlertChange> changes) override;

 private:
  struct RowKey {
    std::string rule;
    std::string labels;  ///< As bytes, which may be damaged.
  };

  void Delete(const std::vector<RowKey>& damaged);
  Result<void> Change(const std::function<Result<void>(Database::Transaction&)>& change);

  Database& database_;
  const Logger log_;
  Mutex mutex_;
  bool has_unread_ GUARDED_BY(mutex_) = false;  ///< There are alerts that could not be loaded.
};

}  // namespace hakem::state
