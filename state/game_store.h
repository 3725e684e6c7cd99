#pragma once

#include <string>
#include <string_view>

#include "collectors/core/game_store.h"
#include "model/clock.h"
#include "state/database.h"

namespace hakem::state {

/// Keeps the counters of games in hakem.db, one row per record, so that a collection writes only
/// the records that changed. Thread-safe.
class GameStore final : public collectors::GameStore {
 public:
  /// `owner`: the name of the target; games of different targets are separate. `database` and
  /// `clock` outlive this.
  GameStore(Database& database, const Clock& clock, std::string owner);

  /// Also deletes all games that were not saved for a day.
  Result<collectors::GameRecords> Load(std::string_view game) override;

  Result<void> Save(std::string_view game, const collectors::GameChange& change) override;

 private:
  std::string NameOf(std::string_view game) const;

  Database& database_;
  const Clock& clock_;
  const std::string owner_;
};

}  // namespace hakem::state
