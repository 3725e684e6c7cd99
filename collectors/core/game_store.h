#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "model/result.h"

namespace hakem::collectors {

/// What is kept of one game, by key. Keys and values are the collector's own; values are bytes.
using GameRecords = std::map<std::string, std::string, std::less<>>;

/// What one collection changed.
struct GameChange {
  GameRecords put = {};                  ///< New and changed records.
  std::vector<std::string> erased = {};  ///< Keys.
};

/// Keeps the counters of games over a restart of Hakem. Thread-safe.
class GameStore {
 public:
  virtual ~GameStore() = default;

  /// Everything kept of `game`; empty when nothing is. Errors: kUnavailable, kInternal: the file's.
  virtual Result<GameRecords> Load(std::string_view game) = 0;

  /// Applies a change, all of it or nothing; a killed process loses nothing that was saved.
  /// Errors: as Load.
  virtual Result<void> Save(std::string_view game, const GameChange& change) = 0;
};

}  // namespace hakem::collectors
