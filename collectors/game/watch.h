#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "collectors/core/collector.h"
#include "collectors/game/families.h"
#include "collectors/game/game_state.h"
#include "collectors/game/prepared.h"
#include "collectors/game/schema.h"

namespace hakem::collectors {

/// Watches one game: finds its tables, keeps the statements prepared and reads what happened since
/// the last collection, in one round trip. What was read counts only once all of it has come: after
/// an error the next collection reads the same span again. Used by one thread at a time.
class GameWatch {
 public:
  /// `number` tells the games of one session apart.
  GameWatch(GameOptions options, int number);

  /// One collection. Writes nothing and succeeds where no schema has a game; the log says so once.
  /// Errors: the session's.
  Result<void> Collect(const CollectorContext& context, SampleSink& sink);

 private:
  bool LookIsDue(const CollectorContext& context) const;
  Result<void> Look(const CollectorContext& context);
  void Tell(const CollectorContext& context) const;
  Result<void> Prepare(Session& session);
  bool StartIsDue(const CollectorContext& context) const;
  Result<void> Start(const CollectorContext& context);
  Result<void> SeedWindows(const CollectorContext& context);
  Result<void> Read(const CollectorContext& context);
  Result<void> SettleLateRows(const CollectorContext& context);

  const GameOptions options_;
  PreparedStatement bound_;
  PreparedStatement game_;

  std::uint64_t connection_ = 0;  ///< The latest; another one may lead to another server.
  std::uint64_t looked_on_ = 0;   ///< The connection on which the schema was looked at last.
  SteadyTime looked_at_{};
  std::optional<GameSchema> schema_;  ///< Nothing before the first look.
  std::optional<GameOffer> offer_;    ///< Of that schema.
  bool seeded_ = false;               ///< The windows hold the past of this schema.
  SteadyTime read_at_{};              ///< The last success.
  GameState state_;
};

}  // namespace hakem::collectors
