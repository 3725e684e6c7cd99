#pragma once

#include <string>
#include <string_view>
#include <unordered_map>

#include "collectors/core/game_store.h"
#include "model/time.h"

namespace hakem::collectors {

/// Ids of rows that were already counted because they were requested by id. A later range read
/// returns the same rows again; this set keeps them from being counted twice. Used by one thread.
class CountedRows {
 public:
  /// `prefix` begins the keys of the records that Write makes. It outlives this object.
  explicit CountedRows(std::string_view prefix) : prefix_(prefix) {}

  /// Remembers a row. `at` is the time that decides which range read returns it. At most
  /// kMaxFollowedRows ids are remembered; further ones are ignored.
  void Add(const std::string& id, PgTimestamp at);

  bool Has(const std::string& id) const { return rows_.contains(id); }

  /// Forgets all rows from before `horizon`, because every range up to it has been read.
  void ForgetBefore(PgTimestamp horizon);

  /// Adds one record for each row.
  void Write(GameRecords& records) const;

  /// Restores what Write saved. Returns false if a record cannot be parsed.
  bool Read(const GameRecords& records);

 private:
  std::string_view prefix_;
  std::unordered_map<std::string, PgTimestamp> rows_;
};

}  // namespace hakem::collectors
