#include "state/game_store.h"

#include <fmt/format.h>

namespace hakem::state {
namespace {

constexpr Duration kForgetAfter = std::chrono::hours(24);

std::int64_t Milliseconds(Timestamp time) {
  return time.time_since_epoch().count();
}

}  // namespace

GameStore::GameStore(Database& database, const Clock& clock, std::string owner)
    : database_(database), clock_(clock), owner_(std::move(owner)) {}

std::string GameStore::NameOf(std::string_view game) const {
  return fmt::format("{}/{}", owner_, game);
}

Result<collectors::GameRecords> GameStore::Load(std::string_view game) {
  const std::string name = NameOf(game);
  collectors::GameRecords records;
  auto loaded = database_.InTransaction([&](Database::Transaction& transaction) {
    const Timestamp too_old = clock_.Now() - kForgetAfter;
    return transaction
        .Run("DELETE FROM game_record WHERE game IN (SELECT name FROM game WHERE saved_at < ?1)",
             {Milliseconds(too_old)})
        .and_then([&] {
          return transaction.Run("DELETE FROM game WHERE saved_at < ?1", {Milliseconds(too_old)});
        })
        .and_then([&] {
          return transaction.Query(
              "SELECT key, value FROM game_record WHERE game = ?1", {std::string_view(name)},
              [&](const Row& row) { records.emplace(row.Text(0), row.Text(1)); });
        });
  });
  if (!loaded) {
    return Fail(loaded.error());
  }
  return records;
}

Result<void> GameStore::Save(std::string_view game, const collectors::GameChange& change) {
  const std::string name = NameOf(game);
  return database_.InTransaction([&](Database::Transaction& transaction) {
    auto saved = transaction.Run("INSERT OR REPLACE INTO game (name, saved_at) VALUES (?1, ?2)",
                                 {std::string_view(name), Milliseconds(clock_.Now())});
    for (auto record = change.put.begin(); saved && record != change.put.end(); ++record) {
      saved = transaction.Run(
          "INSERT OR REPLACE INTO game_record (game, key, value) VALUES (?1, ?2, ?3)",
          {std::string_view(name), std::string_view(record->first), Blob{record->second}});
    }
    for (auto key = change.erased.begin(); saved && key != change.erased.end(); ++key) {
      saved = transaction.Run("DELETE FROM game_record WHERE game = ?1 AND key = ?2",
                              {std::string_view(name), std::string_view(*key)});
    }
    return saved;
  });
}

}  // namespace hakem::state
