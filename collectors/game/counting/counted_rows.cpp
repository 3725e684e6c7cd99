#include "collectors/game/counting/told_rows.h"

#include "collectors/game/counting/followed_rows.h"
#include "collectors/game/counting/record_codec.h"

namespace hakem::collectors {

void ToldRows::Tell(const std::string& id, PgTimestamp at) {
  if (rows_.size() < kMostFollowed) {
    rows_.emplace(id, at);
  }
}

void ToldRows::Forget(PgTimestamp bound) {
  std::erase_if(rows_, [&](const auto& row) { return row.second < bound; });
}

void ToldRows::Write(GameRecords& records) const {
  for (const auto& [id, at] : rows_) {
    FieldWriter fields;
    fields.Instant(at);
    records.emplace(std::string(prefix_) + id, fields.Take());
  }
}

bool ToldRows::Read(const GameRecords& records) {
  for (const auto& [key, value] : RecordsUnder(prefix_, records)) {
    FieldReader fields(value);
    rows_.emplace(key.substr(prefix_.size()), fields.Instant());
    if (!fields.done()) {
      return false;
    }
  }
  return true;
}

}  // namespace hakem::collectors
