#include "state/history_store.h"

namespace hakem::state {
namespace {

std::int64_t Milliseconds(Timestamp time) {
  return time.time_since_epoch().count();
}

}  // namespace

Result<void> HistoryStore::Save(const tsdb::SavedChange& change) {
  return database_.InTransaction([&](Database::Transaction& transaction) {
    Result<void> saved;
    if (change.replaces_all) {
      saved = transaction.Run("DELETE FROM block", {}).and_then([&] {
        return transaction.Run("DELETE FROM series", {});
      });
    }
    for (const tsdb::SavedId id : change.removed) {
      saved = saved.and_then(
          [&] { return transaction.Run("DELETE FROM series WHERE id = ?", {std::int64_t{id}}); });
    }
    for (const tsdb::SavedSeries& series : change.added) {
      saved = saved.and_then([&] {
        const std::string bytes = series.LabelBytes();
        return transaction.Run("INSERT INTO series (id, labels) VALUES (?, ?)",
                               {std::int64_t{series.id}, Blob{bytes}});
      });
    }
    const tsdb::SavedBlock& block = change.block;
    saved = saved.and_then([&] {
      return transaction.Run(
          "INSERT INTO block (is_key, min_time, max_time, data) VALUES (?, ?, ?, ?)",
          {std::int64_t{block.is_key}, Milliseconds(block.min_time), Milliseconds(block.max_time),
           Blob{block.data}});
    });
    // Blocks before the last key block that is old enough are not needed to read later samples.
    return saved.and_then([&] {
      return transaction.Run(
          "DELETE FROM block WHERE id < "
          "(SELECT max(id) FROM block WHERE is_key AND min_time <= ?)",
          {Milliseconds(change.oldest_kept)});
    });
  });
}

Result<void> HistoryStore::Load(
    const std::function<void(tsdb::SavedId id, std::string_view labels)>& on_series,
    const std::function<void(std::string_view block)>& on_block) {
  return database_
      .Query("SELECT id, labels FROM series ORDER BY id", {},
             [&](const Row& row) {
               on_series(static_cast<tsdb::SavedId>(row.Integer(0)), row.Text(1));
             })
      .and_then([&] {
        return database_.Query("SELECT data FROM block ORDER BY id", {},
                               [&](const Row& row) { on_block(row.Text(0)); });
      });
}

}  // namespace hakem::state
