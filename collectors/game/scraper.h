#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "collectors/core/collector.h"
#include "collectors/game/checkpoint.h"
#include "collectors/game/counting/game_state.h"
#include "collectors/game/query/prepared.h"
#include "collectors/game/schema/families.h"
#include "collectors/game/schema/schema.h"

namespace hakem::collectors {

/// Watches one game: finds its tables, keeps the statements prepared and reads what happened since
/// the last collection, in one round trip. What was read counts only once all of it has come: after
/// an error the next collection reads the same span again. Used by one thread at a time.
class GameScraper {
 public:
  /// `number` tells the games of one session apart. `store` outlives the watch; null: nothing is
  /// kept over a restart.
  GameScraper(GameOptions options, int number, GameStore* store);

  /// One collection. Writes nothing and succeeds where no schema has a game; the log says so once.
  /// Errors: the session's.
  Result<void> Collect(const CollectorContext& context, SampleSink& sink);

 private:
  bool LookIsDue(const CollectorContext& context) const;
  Result<void> Look(const CollectorContext& context);
  void Tell(const CollectorContext& context) const;
  bool BeginningIsDue(const CollectorContext& context) const;
  Result<void> Begin(const CollectorContext& context);
  void TakeOver(std::string key, PgTimestamp bound, const CollectorContext& context);
  void CountOn(PgTimestamp bound, const CollectorContext& context);
  Result<void> Seed(const CollectorContext& context);
  Result<void> Read(const CollectorContext& context);
  Result<GameReading> ReadSpan(Session& session, bool scan);
  Result<GameReading> ReadWhatCanBeRead(const CollectorContext& context);
  Result<void> ReconcileLateRows(const CollectorContext& context);
  std::string Name() const;

  const GameOptions options_;
  PreparedStatement bound_;
  PreparedStatement game_;
  PreparedStatement past_;  ///< The same as game_, but without a scan.

  std::uint64_t looked_on_ = 0;  ///< The connection on which the schema was looked at last.
  SteadyTime looked_at_{};
  std::optional<GameSchema> schema_;       ///< Nothing before the first look.
  std::string unchanged_ = "true";         ///< The condition that it is still so: UnchangedSql.
  std::optional<AvailableMetrics> offer_;  ///< Of that schema.

  std::uint64_t begun_on_ = 0;      ///< The connection on which counting began or went on last.
  std::string key_;                 ///< Of the game on that server.
  bool seeded_ = false;             ///< The windows hold the past of this schema.
  bool begins_anew_ = true;         ///< Counting began at 0 and no past was read yet.
  SteadyTime read_at_{};            ///< The last success.
  SteadyTime scan_again_at_{};      ///< Until then live sessions are not scanned.
  std::optional<GameState> state_;  ///< Nothing before counting begins.
  GameCheckpoint checkpoint_;
};

}  // namespace hakem::collectors
