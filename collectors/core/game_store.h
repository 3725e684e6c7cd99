#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "model/result.h"

namespace hakem::collectors {

/// The saved records of one game, by key. Only the collector interprets keys and values; values may
/// have any bytes.
using GameRecords = std::map<std::string, std::string, std::less<>>;

/// The records that one collection changed.
struct GameChange {
  GameRecords put = {};                  ///< New and changed records.
  std::vector<std::string> erased = {};  ///< Keys of deleted records.
};

/// Stores the counters of games, so that they survive a restart of Hakem. Thread-safe.
class GameStore {
 public:
  virtual ~GameStore() = default;

  /// Returns all records of `game`; empty if there are none. Errors: kUnavailable, kInternal: the
  /// store cannot be read.
  virtual Result<GameRecords> Load(std::string_view game) = 0;

  /// Applies a change atomically. It is durable on return, even if the process is killed then.
  /// Errors: kUnavailable, kInternal: the store cannot be written; nothing has changed.
  virtual Result<void> Save(std::string_view game, const GameChange& change) = 0;
};

}  // namespace hakem::collectors
