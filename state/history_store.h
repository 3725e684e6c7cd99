#pragma once

#include "state/database.h"
#include "tsdb/persistence/history_store.h"

namespace hakem::state {

/// Keeps samples in history.db.
class HistoryStore final : public tsdb::HistoryStore {
 public:
  /// `database` outlives this.
  explicit HistoryStore(Database& database) : database_(database) {}

  Result<void> Save(const tsdb::SavedChange& change) override;
  Result<void> Load(const std::function<void(tsdb::SavedId id, std::string_view labels)>& on_series,
                    const std::function<void(std::string_view block)>& on_block) override;

 private:
  Database& database_;
};

}  // namespace hakem::state
