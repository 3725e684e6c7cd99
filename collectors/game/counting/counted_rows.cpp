#include "collectors/game/counting/counted_rows.h"

#include "collectors/game/counting/followed_rows.h"
#include "collectors/game/counting/record_codec.h"

namespace hakem::collectors {

void CountedRows::Add(const std::string& id, PgTimestamp at) {
  if (rows_.size() < kMaxFollowedRows) {
    rows_.emplace(id, at);
  }
}

void CountedRows::ForgetBefore(PgTimestamp horizon) {
  std::erase_if(rows_, [&](const auto& row) { return row.second < horizon; });
}

void CountedRows::Write(GameRecords& records) const {
  for (const auto& [id, at] : rows_) {
    FieldWriter fields;
    fields.Instant(at);
    records.emplace(std::string(prefix_) + id, fields.Take());
  }
}

bool CountedRows::Read(const GameRecords& records) {
  for (const auto& [key, value] : RecordsWithPrefix(prefix_, records)) {
    FieldReader fields(value);
    rows_.emplace(key.substr(prefix_.size()), fields.Instant());
    if (!fields.done()) {
      return false;
    }
  }
  return true;
}

}  // namespace hakem::collectors
