#pragma once

#include <string>
#include <string_view>
#include <unordered_map>

#include "collectors/core/game_store.h"
#include "model/time.h"

namespace hakem::collectors {

/// Rows whose change was told by their ids, before a span that has them was read: there they come
/// once more, and are no news.
class ToldRows {
 public:
  /// `prefix` begins the keys of its records; it outlives this.
  explicit ToldRows(std::string_view prefix) : prefix_(prefix) {}

  /// `at`: the time by which a span has the row. No more than kMostFollowed are remembered.
  void Tell(const std::string& id, PgTimestamp at);

  bool Has(const std::string& id) const { return rows_.contains(id); }

  /// Spans up to here have been read.
  void Forget(PgTimestamp bound);

  void Write(GameRecords& records) const;

  /// False when a record is not understood.
  bool Read(const GameRecords& records);

 private:
  std::string_view prefix_;
  std::unordered_map<std::string, PgTimestamp> rows_;
};

}  // namespace hakem::collectors
